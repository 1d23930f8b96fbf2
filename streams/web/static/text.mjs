// Words from i18n/*.json (those of the desk and of the map in files of their own), with those of the jurisdiction over them; what is missing is counted and shown as its key.

const FILES = ["zh", "en"];
const LANGUAGES = { zh: "zh-CN" };
const catalogues = {};
let parts = [""];
let overlays = {};
let language = "zh";
export const missing = new Set();

/** The language in use. */
export const current = () => language;

/** The languages of the jurisdiction, in its order: the server writes them into the page. */
export const offered = () => (document.documentElement.dataset.languages ?? FILES.join(" ")).split(" ");

/** The language after this one, or none when there is only one. */
export const next = () => (offered().length > 1 ? offered()[(offered().indexOf(language) + 1) % offered().length] : null);

/** What a language calls itself: 中文, English. */
export const ownName = (name) => new Intl.DisplayNames([name], { type: "language" }).of(name);

/** Load the words, with those of `more` parts, of the language asked for, else of the one chosen last time, else of the first offered. */
export async function loadText(more = []) {
  parts = ["", "desk-", "map-", "pests-", ...more];
  const wanted = [new URLSearchParams(location.search).get("lang"), localStorage.getItem("fenghuo.language")];
  const name = wanted.find((one) => offered().includes(one)) ?? offered()[0];
  await load(name);
  setLanguage(name);
}

/** Load those of the other languages too: a choice is answered at once, also when the server is away. */
export const loadOthers = () => Promise.all(offered().map(load));

/** Load the words of one language; of one that there is no file for the English ones. */
async function load(name) {
  const file = FILES.includes(name) ? name : "en";
  const read = (part) => fetch(new URL(`i18n/${part}${file}.json`, document.baseURI)).then((r) => r.json());
  catalogues[file] ??= brought()[file] ?? Object.assign({}, ...await Promise.all(parts.map(read)));
}

/** The words that the server wrote into the page; none where the files are served as they are. */
const brought = () => JSON.parse(document.getElementById("words")?.textContent ?? "{}");

/** Take `name` and translate what stands in the page. */
export function setLanguage(name) {
  language = name;
  document.documentElement.lang = tag();
  translate(document);
}

/** What a person chose is kept for next time. */
export async function chooseLanguage(name) {
  await load(name);
  localStorage.setItem("fenghuo.language", name);
  setLanguage(name);
}

/** Lay the words of the jurisdiction over the page's own: by language, then by key. */
export function takeWords(words) {
  overlays = words ?? {};
}

const tag = () => LANGUAGES[language] ?? language;

const found = (key) => overlays[language]?.[key] ?? (catalogues[language] ?? catalogues.en)?.[key];

/** The sentence of `key` with `{name}` filled from `values`. */
export function t(key, values = {}) {
  const words = found(key);
  if (words === undefined) {
    missing.add(`${language}:${key}`);
    document.documentElement.dataset.missingText = String(missing.size);
    return key;
  }
  return words.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** Whether the catalogue has `key` (for codes that newer servers may send). */
export const has = (key) => found(key) !== undefined;

/** The text of a value given by language (`{zh, en}`), else in whatever language it has; other text as it is. */
export const ofLanguage = (words) => (typeof words === "string" ? words
  : words?.[language] ?? words?.[offered()[0]] ?? Object.values(words ?? {})[0] ?? "");

/** A number as the language writes it, at most `digits` decimals. */
export function number(value, digits = 1) {
  const near = Number(Number(value).toFixed(digits));
  // Below a thousand Chinese and English write it alike, and the first picture need not wait for the browser's tables.
  if (FILES.includes(language) && Math.abs(near) < 1000) return String(near);
  return form(`${tag()} ${digits}`, { maximumFractionDigits: digits }).format(Number(value));
}

const forms = new Map();

/** What writes numbers; to make one takes longer than to write a thousand. */
function form(key, options) {
  if (!forms.has(key)) forms.set(key, new Intl.NumberFormat(tag(), options));
  return forms.get(key);
}

/** A number to two significant digits: what is known to tens of per cent is not told to tenths. */
export const rounded = (value) => Number(value).toLocaleString(tag(), { maximumSignificantDigits: 2 });

/** Whether a field that may be absent has a value. */
export const isKnown = (value) => value !== null && value !== undefined;

/** Fill every element that names its words with `data-t`, and its label with `data-t-label`. */
export function translate(root) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll("[data-t-label]")) {
    node.setAttribute("aria-label", t(node.dataset.tLabel));
    node.setAttribute("title", t(node.dataset.tLabel));
    if ("placeholder" in node) node.placeholder = t(node.dataset.tLabel);
  }
}

// Words in Chinese (default) and English, from i18n/*.json; what is missing is counted and shown as its key.

const LANGUAGES = { zh: "zh-CN", en: "en" };
const catalogues = {};
let language = "zh";
export const missing = new Set();

/** The language in use, `zh` or `en`. */
export const current = () => language;

/** Load both catalogues and take the language kept from last time (Chinese when none). */
export async function loadText() {
  const names = Object.keys(LANGUAGES);
  const files = names.map((name) => fetch(new URL(`./i18n/${name}.json`, import.meta.url)).then((r) => r.json()));
  (await Promise.all(files)).forEach((words, i) => { catalogues[names[i]] = words; });
  setLanguage(new URLSearchParams(location.search).get("lang") ?? localStorage.getItem("fenghuo.language") ?? "zh");
}

/** Take `name`, keep it for next time and translate what stands in the page. */
export function setLanguage(name) {
  language = name in LANGUAGES ? name : "zh";
  localStorage.setItem("fenghuo.language", language);
  document.documentElement.lang = LANGUAGES[language];
  translate(document);
}

/** The sentence of `key` with `{name}` filled from `values`. */
export function t(key, values = {}) {
  const words = catalogues[language]?.[key];
  if (words === undefined) {
    missing.add(`${language}:${key}`);
    document.documentElement.dataset.missingText = String(missing.size);
    return key;
  }
  return words.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** Whether the catalogue has `key` (for codes that newer servers may send). */
export const has = (key) => catalogues[language]?.[key] !== undefined;

/** The text of a value given by language (`{zh, en}`), else in whatever language it has. */
export const ofLanguage = (words) => words?.[language] ?? words?.zh ?? Object.values(words ?? {})[0] ?? "";

/** A number as the language writes it, at most `digits` decimals. */
export const number = (value, digits = 1) => Number(value).toLocaleString(LANGUAGES[language], { maximumFractionDigits: digits });

/** Fill every element that names its words with `data-t`, and its label with `data-t-label`. */
export function translate(root) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll("[data-t-label]")) {
    node.setAttribute("aria-label", t(node.dataset.tLabel));
    node.setAttribute("title", t(node.dataset.tLabel));
    if ("placeholder" in node) node.placeholder = t(node.dataset.tLabel);
  }
}

// The trap round on a phone: which traps are due, one form each; what is entered stays on the phone until the server has it.

import { ask, NeedsKey, sendBytes, whoAmI } from "./api.mjs";
import { el, fill, say } from "./dom.mjs";
import * as kept from "./kept.mjs";

const DAY_MS = 86400000;
const USUAL_DAYS = 7;
const MOST_BYTES = 300 * 1024; // what the server takes of one picture
const SIZES = [[1280, 0.8], [1280, 0.6], [960, 0.6], [640, 0.5], [480, 0.4]];
const STATUSES = ["ok", "missing", "damaged", "full", "lure_expired"];
const TRAPS = "fenghuo.traps";
const VISITS = "fenghuo.visits";

let words = {};
let traps = [];
const find = (id) => document.getElementById(id);
const word = (key, gaps = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => gaps[name] ?? "");
const stored = (name, other) => JSON.parse(localStorage.getItem(name) ?? JSON.stringify(other));
const store = (name, value) => localStorage.setItem(name, JSON.stringify(value));

async function speak() {
  const offered = (document.documentElement.dataset.languages ?? "zh en").split(" ");
  const chosen = localStorage.getItem("fenghuo.language");
  const language = offered.includes(chosen) ? chosen : offered[0];
  document.documentElement.lang = language;
  words = await (await fetch(new URL(`./i18n/traps-${language}.json`, import.meta.url))).json();
  for (const node of document.querySelectorAll("[data-w]")) say(node, word(node.dataset.w));
}

/** The traps of the region and those that were ever read, each with its last visit; without signal those of last time. */
async function load() {
  try {
    await whoAmI();
    const [layer, told] = await Promise.all(["v1/layers/traps?limit=10000", "v1/pests/traps"].map(answer));
    const read = new Map((told?.traps ?? []).map((one) => [one.source.replace(/^trap\//, ""), one]));
    const placed = (layer?.features ?? []).map(({ id, geometry, properties }) => ({
      id: String(id ?? properties.id), name: properties.name || String(id ?? properties.id), at: geometry.coordinates,
      species: properties.species ?? "", days: (properties.every_s ?? USUAL_DAYS * 86400) / 86400, working: properties.working_traps ?? 1,
    }));
    const known = new Set(placed.map((one) => one.id));
    const others = [...read].filter(([id]) => !known.has(id)).map(([id, one]) => (
      { id, name: one.name || id, at: [one.longitude, one.latitude], species: one.species, days: one.rhythm_d, working: 1 }));
    // Who read a trap last does not matter: its rhythm is that of all its visits.
    traps = [...placed, ...others].map((one) => ({ ...one, read: read.get(one.id) ?? null }));
    store(TRAPS, traps);
    fault("");
  } catch (error) {
    traps = stored(TRAPS, []);
    const isCutOff = error instanceof TypeError; // no signal: the list of last time is what a ranger expects
    fault(error instanceof NeedsKey ? word("sign_in") : isCutOff ? "" : word("old_list", { why: error.message }));
  }
}

/** The answer to a question; null where the server does not have it. Any other refusal says nothing of what is due. */
async function answer(path) {
  try {
    return await (await ask(path)).json();
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

function fault(text) { say(find("fault"), text); find("fault").hidden = !text; }

/** When a trap was last seen to, by anybody or just now on this phone, how often that is done, and whether it is due. */
function due(trap) {
  const last = Math.max(stored(VISITS, {})[trap.id] ?? 0, trap.read ? Date.parse(trap.read.last_at) : 0) || null;
  const every = trap.read?.rhythm_d ?? trap.days;
  return { last, every, isDue: !last || Date.now() - last >= every * DAY_MS };
}

function draw() {
  const rows = traps.map((trap) => ({ trap, ...due(trap) }));
  rows.sort((one, other) => Number(other.isDue) - Number(one.isDue) || (one.last ?? 0) - (other.last ?? 0) || one.trap.name.localeCompare(other.trap.name));
  fill(find("traps"), rows.map(row));
  find("none").hidden = rows.length > 0;
}

function row({ trap, last, every, isDue }) {
  const when = last ? word("last", { day: new Date(last).toLocaleDateString(document.documentElement.lang) }) : word("never");
  const since = last ? Math.max(0.5, Math.round(((Date.now() - last) / DAY_MS) * 2) / 2) : every;
  const form = el("form", { onsubmit: (submit) => { submit.preventDefault(); keep(trap, form); } },
    trap.species ? null : field("species", el("input", { name: "species", required: true })),
    field("status", el("select", { name: "status" }, STATUSES.map((one) => el("option", { value: one }, word(`status.${one}`))))),
    field("count", el("input", { name: "catch", type: "number", min: "0", step: "1", inputmode: "numeric" })),
    field("days", el("input", { name: "days", type: "number", min: "0.5", step: "0.5", value: since })),
    field("picture", el("input", { name: "picture", type: "file", accept: "image/*", capture: "environment" })),
    el("button", { type: "submit" }, word("keep")));
  return el("li", { class: isDue ? "due" : "done", "data-trap": trap.id },
    el("details", {}, el("summary", {}, trap.name, el("small", {}, [trap.species, isDue ? word("due") : word("done"), when, word("every", { days: every })].filter(Boolean).join(" · "))), form));
}

const field = (name, input) => el("label", {}, el("span", {}, word(name)), input);

/** Keep one visit on the phone. An empty count is no zero: unless the trap was read, it has none. */
async function keep(trap, form) {
  const said = new FormData(form), status = said.get("status"), count = said.get("catch");
  const isRead = status !== "missing" && status !== "damaged";
  if (isRead && count === "") { fault(word("count_needed")); return; }
  const now = new Date(), began = new Date(now.getTime() - Number(said.get("days")) * DAY_MS);
  const visit = {
    kind: "trap_count", observation_id: `${trap.id}/${now.toISOString()}`, source: `trap/${trap.id}`, observed_at: now.toISOString(),
    started_at: began.toISOString(), frame: "wgs84", longitude: trap.at[0], latitude: trap.at[1], species: trap.species || said.get("species"), status,
    ...(isRead ? { catch: Number(count) } : {}), working_traps: trap.working, scheduled_d: due(trap).every,
  };
  const file = said.get("picture"), picture = file?.size ? await shrunk(file) : null;
  await kept.put({ id: visit.observation_id, visit, picture });
  store(VISITS, { ...stored(VISITS, {}), [trap.id]: now.getTime() });
  fault("");
  draw();
  await send(file?.size && !picture ? word("no_picture") : "");
}

/** A picture as JPEG, the largest that the server takes; null for a file that this phone cannot read. */
async function shrunk(file) {
  const image = await createImageBitmap(file).catch(() => null);
  if (!image) return null;
  for (const [side, quality] of SIZES) {
    const scale = Math.min(1, side / Math.max(image.width, image.height));
    const canvas = new OffscreenCanvas(Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale)));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const made = await canvas.convertToBlob({ type: "image/jpeg", quality });
    if (made.size <= MOST_BYTES) return made;
  }
  return null;
}

let sending = false;

/** Send what waits, the oldest first; what the server has not taken stays. The same id twice is one visit. */
async function send(note = "") {
  if (sending) return;
  sending = true;
  let trouble = "";
  for (const one of await kept.all()) {
    try {
      await hand(one);
      await kept.drop(one.id);
    } catch (error) {
      trouble = error instanceof NeedsKey ? word("sign_in") : error instanceof TypeError ? trouble : word("refused", { why: error.message });
      if (error instanceof TypeError || error instanceof NeedsKey) break; // no signal, or nobody signed in: the rest waits too
    }
  }
  sending = false;
  if (trouble || note) fault(trouble || note);
  const waiting = (await kept.all()).length;
  say(find("waiting"), waiting ? word("waiting", { count: waiting }) : word("all_sent"));
}

async function hand(one) {
  const pictures = one.picture ? [(await taken("v1/pictures", one.picture, "image/jpeg")).sha256] : [];
  const line = JSON.stringify({ ...one.visit, ...(pictures.length ? { pictures } : {}) });
  await taken("v1/observations", line, "application/x-ndjson", { "Idempotency-Key": one.id });
}

async function taken(path, body, type, headers = {}) {
  const { status, told } = await sendBytes(path, body, type, headers);
  if (status === 401) throw new NeedsKey(path);
  if (status >= 300) throw new Error(told.detail ?? String(status));
  const refused = (told.lines ?? []).find((line) => line.outcome === "rejected");
  if (refused) throw new Error(refused.reason?.detail || refused.reason?.code || "rejected");
  return told;
}

find("send").addEventListener("click", () => send());
addEventListener("online", () => load().then(draw).then(() => send()));
if ("serviceWorker" in navigator) await navigator.serviceWorker.register("traps-worker.js").catch(() => null);
await speak();
await load();
draw();
await send();
document.documentElement.dataset.ready = "true";

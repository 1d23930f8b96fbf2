// The trap round on a phone: which traps are due, one form each; what is entered stays on the phone until the server has it.

import { ask, NeedsKey, sendBytes, whoAmI } from "./api.mjs";
import { el, fill, say } from "./dom.mjs";
import * as kept from "./kept.mjs";

const DAY_MS = 86400000;
const USUAL_DAYS = 7;
const SIDE = 1280;
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

/** The traps of the region; without signal those that were there last time. */
async function load() {
  try {
    await whoAmI();
    const layer = await (await ask("v1/layers/traps?limit=10000")).json();
    traps = layer.features.map(({ id, geometry, properties }) => ({
      id: String(id ?? properties.id), name: properties.name || String(id ?? properties.id), at: geometry.coordinates,
      species: properties.species ?? "", days: (properties.every_s ?? USUAL_DAYS * 86400) / 86400, working: properties.working_traps ?? 1,
    }));
    store(TRAPS, traps);
    fault("");
  } catch (error) {
    traps = stored(TRAPS, []);
    fault(error instanceof NeedsKey ? word("sign_in") : "");
  }
}

function fault(text) { say(find("fault"), text); find("fault").hidden = !text; }

/** When a trap was last seen to on this phone, and whether it is due. */
function due(trap) {
  const last = stored(VISITS, {})[trap.id];
  return { last, isDue: !last || Date.now() - last >= trap.days * DAY_MS };
}

function draw() {
  const rows = traps.map((trap) => ({ trap, ...due(trap) }));
  rows.sort((one, other) => Number(other.isDue) - Number(one.isDue) || one.trap.name.localeCompare(other.trap.name));
  fill(find("traps"), rows.map(row));
  find("none").hidden = rows.length > 0;
}

function row({ trap, last, isDue }) {
  const when = last ? word("last", { day: new Date(last).toLocaleDateString(document.documentElement.lang) }) : word("never");
  const form = el("form", { onsubmit: (submit) => { submit.preventDefault(); keep(trap, form); } },
    field("status", el("select", { name: "status" }, STATUSES.map((one) => el("option", { value: one }, word(`status.${one}`))))),
    field("count", el("input", { name: "catch", type: "number", min: "0", step: "1", inputmode: "numeric" })),
    field("days", el("input", { name: "days", type: "number", min: "0.5", step: "0.5", value: trap.days })),
    field("picture", el("input", { name: "picture", type: "file", accept: "image/*", capture: "environment" })),
    el("button", { type: "submit" }, word("keep")));
  return el("li", { class: isDue ? "due" : "done", "data-trap": trap.id },
    el("details", {}, el("summary", {}, trap.name, el("small", {}, `${trap.species} · ${isDue ? word("due") : word("done")} · ${when}`)), form));
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
    started_at: began.toISOString(), frame: "wgs84", longitude: trap.at[0], latitude: trap.at[1], species: trap.species, status,
    ...(isRead ? { catch: Number(count) } : {}), working_traps: trap.working, scheduled_d: trap.days,
  };
  const file = said.get("picture");
  await kept.put({ id: visit.observation_id, visit, picture: file && file.size ? await shrunk(file) : null });
  store(VISITS, { ...stored(VISITS, {}), [trap.id]: now.getTime() });
  fault("");
  draw();
  await send();
}

/** A picture no longer than `SIDE` on either side, as JPEG. */
async function shrunk(file) {
  const image = await createImageBitmap(file), scale = Math.min(1, SIDE / Math.max(image.width, image.height));
  const canvas = new OffscreenCanvas(Math.round(image.width * scale), Math.round(image.height * scale));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 });
}

let sending = false;

/** Send what waits, the oldest first; what the server has not taken stays. The same id twice is one visit. */
async function send() {
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
  if (trouble) fault(trouble);
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

find("send").addEventListener("click", send);
addEventListener("online", () => load().then(draw).then(send));
if ("serviceWorker" in navigator) await navigator.serviceWorker.register("traps-worker.js").catch(() => null);
await speak();
await load();
draw();
await send();
document.documentElement.dataset.ready = "true";

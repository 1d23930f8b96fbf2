// Starts the page and ties its parts: the store tells, list, detail and map show.

import { words as read } from "./ahead.mjs";
import { silentSeconds } from "./api.mjs";
import { announce } from "./announce.mjs";
import { Desk } from "./desk.mjs";
import { Detail } from "./detail.mjs";
import { el, fill, say } from "./dom.mjs";
import { GRADES, symbol } from "./grade.mjs";
import { AlertList } from "./list.mjs";
import { MapView } from "./map.mjs";
import { askWho, may, nameButton, takeSession } from "./session.mjs";
import { afterPaint, painted } from "./paint.mjs";
import { Store } from "./store.mjs";
import { chooseLanguage, loadOthers, next, ofLanguage, ownName, t, takeWords, translate } from "./text.mjs";
import { aheadMinutes, clock, setZone, span, zoneName } from "./time.mjs";
import { Wall } from "./wall.mjs";

const by = (id) => document.getElementById(id);
const store = new Store();
const list = new AlertList(store, open);
const detail = new Detail(store, closed);
const map = new MapView(store, open);
const desk = new Desk(store, open);
const wall = new Wall(store, open, () => detail.id);

function open(id) {
  const alert = store.alerts.get(id);
  if (!alert) return;
  // Only the panel is drawn with the first picture: a change at the other side of the screen has all between them put together anew.
  detail.open(id);
  afterPaint(() => {
    if (detail.id !== id) return;
    document.body.classList.add("opened");
    list.mark(id);
    by("detail").querySelector("h2")?.focus({ preventScroll: true });
    history.replaceState(null, "", `#${encodeURIComponent(id)}`);
    // The map is slow without a graphics card: it follows what was asked for, it does not hold it up.
    afterPaint(() => {
      if (detail.id !== id) return;
      foldLegend();
      map.focus(alert);
    });
  });
}

/** Beside an opened alert the legend folds where it would take a third of the map. */
function foldLegend() {
  const legend = by("legend");
  if (legend.parentElement.offsetWidth - by("detail").offsetWidth < 3 * legend.offsetWidth) legend.open = false;
}

function closed(id) {
  document.body.classList.remove("opened");
  list.mark(null);
  afterPaint(() => { if (!detail.id) map.unfocus(); });
  history.replaceState(null, "", location.pathname + location.search);
  (list.rows.get(id) ?? by("lists")).focus?.();
}

function link() {
  const word = store.cutOff ? "cut_off" : store.link;
  by("link").className = `link ${word}`;
  say(by("link-text"), t(`link.${word.replace("-", "_")}`));
  by("cut-off").hidden = !store.cutOff;
  if (store.cutOff) say(by("cut-off"), t("link.bar", { s: Math.floor(silentSeconds() / 5) * 5 }));
}

/** What the installation says of itself: region, credits, licence number of the map, rebuilt data. */
function about() {
  const { about: told } = store;
  if (!told) return;
  setZone(told.zone);
  say(by("region"), ofLanguage(told.region));
  say(by("zone"), `${zoneName()}${told.demo ? ` · ${t("page.replay_time")}` : ""}`);
  say(by("map-number"), t("page.map_number", { n: told.map_number || t("page.not_set") }));
  say(by("credits"), t("page.credits", { who: (told.credits ?? []).map(ofLanguage).join(t("page.between")) }));
  say(by("software"), `${told.software} · ${t("page.settings", { name: told.settings ?? "" })}`);
  const rebuilt = told.reconstruction || [...store.alerts.values()].some((one) => one.reconstruction);
  by("exercise").hidden = !rebuilt && !told.demo;
  say(by("exercise"), t(rebuilt ? "page.reconstruction" : "page.demo"));
}

/** Whose clock is suspect: what it sends is held back, so somebody has to set it right. */
function warnings() {
  const told = store.about?.warnings ?? [];
  const minutes = aheadMinutes();
  const own = minutes ? [t(`warning.desk_${minutes > 0 ? "ahead" : "behind"}`, { span: span(Math.abs(minutes)) })] : [];
  by("warnings").hidden = !told.length && !own.length;
  say(by("warnings"), [...own, ...told.map((one) => t(`warning.${one.warning}`, one))].join(" "));
}

function words() {
  const other = next();
  by("language").hidden = !other;
  by("language").textContent = other ? ownName(other) : "";
  by("language").lang = other ?? "";
  document.title = t("page.title");
  nameButton();
  desk.start();
  about();
  warnings();
  link();
  list.draw();
  map.legend();
  map.draw();
  map.reach?.show();
  if (detail.id) detail.draw();
}

/** The server has said of itself: its words are known before the first row is drawn. */
function said() {
  takeWords(store.about.words);
  translate(document);
  badges();
  desk.start();
  about();
  warnings();
}

function badges() {
  fill(by("badges"), GRADES.map((grade) => el("li", { id: `badge-${grade}`, title: t(`grade.fire.${grade}`) }, symbol(grade),
    el("span", { class: "unit" }, t(`grade.short.${grade}`)), el("span", { class: "n" }, "0"))));
}

function keys(happened) {
  if (happened.key === "Escape" && detail.id && !document.querySelector("dialog[open]")) detail.close();
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName) && document.activeElement.type !== "checkbox";
  if (typing || happened.ctrlKey || happened.metaKey || happened.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (happened.key === "/") { happened.preventDefault(); by("filter").focus(); }
  else if (desk.press(happened.key)) happened.preventDefault();
}

let drawing = 0;
const fresh = [];

/** However many alerts come at once, the page is drawn once a frame; the first are on the screen with the next. */
function alertsCame({ detail: { fresh: some } }) {
  fresh.push(...some);
  announce(some);
  if (!list.rows.size) drawAll();
  else drawing ||= setTimeout(drawAll, store.loaded ? 50 : 0);
}

function drawAll() {
  drawing = 0;
  const came = fresh.splice(0);
  list.draw(came);
  detail.changed(came);
  map.draw();
  wall.follow();
  about();
  link();
}

function seconds() {
  say(by("clock"), clock());
  if (store.cutOff) link();
  if (Math.floor(Date.now() / 1000) % 15 === 0) { list.tick(); detail.tick(); }
  if (Math.floor(Date.now() / 1000) % 60 === 0) map.draw();
}

await Promise.all([read, takeSession()]);
badges();
translate(document);
nameButton();
const listed = new Promise((go) => { store.addEventListener("alerts", go, { once: true }); });
store.addEventListener("about", said);
store.addEventListener("alerts", alertsCame);
store.addEventListener("evidence", () => { map.draw(); list.tick(); detail.tick(); warnings(); });
store.addEventListener("rings", () => map.draw());
store.addEventListener("link", link);
store.addEventListener("second", seconds);
store.addEventListener("needs-key", askWho);
document.addEventListener("keydown", keys);
by("language").addEventListener("click", async () => { await chooseLanguage(next()); badges(); words(); });
// Asked of the media, not of the window: that would lay out a page that has no words yet.
if (matchMedia("(max-height: 699px), (max-width: 1399px)").matches) by("legend").open = false;
link();
by("tuning").hidden = !may("operator", "admin", "auditor");
// The list is on the screen before the map begins; that comes while the rest of the alerts does.
const loaded = store.start();
await Promise.race([listed, loaded]);
await painted();
await Promise.all([loaded, map.start()]);
words();
map.drawNow();
const wanted = decodeURIComponent(location.hash.slice(1));
if (wanted) open(wanted);
wall.follow(true);
await painted();
loadOthers().catch(() => undefined);
document.documentElement.dataset.ready = "true";

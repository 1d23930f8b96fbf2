// Instants in the region's zone, always with the zone named, and ages.

import { current, t } from "./text.mjs";

let zone = "Asia/Shanghai";
let offsetMs = 0;
let skewMs = 0;
const UNSEEN_MS = 30000;

/** Show times in the IANA zone `name`. */
export function setZone(name) {
  if (name === zone) return;
  try {
    form = forming(name);
    zone = name;
  } catch {
    form = forming("Asia/Shanghai");
    zone = "Asia/Shanghai";
  }
}

/** The server's clock says `instant`; this machine's is believed within half a minute, which nobody sees in an age. */
export function setServerTime(instant) {
  const off = Date.parse(instant) - Date.now();
  if (Math.abs(off - skewMs) > UNSEEN_MS) skewMs = Math.abs(off) > UNSEEN_MS ? off : 0;
}

/** Minutes that this machine's clock is ahead of the server's, below 0 behind it; 0 where that is not seen. */
export const aheadMinutes = () => Math.round(-skewMs / 60000);

/** Milliseconds since 1970 as the server counts them, whatever this machine's clock says. */
export const wall = () => Date.now() + skewMs;

/** Let `now` run from `instant`: in a replay the picture's time is not the wall clock. */
export function setNow(instant) {
  offsetMs = Date.parse(instant) - wall();
}

/** Milliseconds since 1970 of the picture's present. */
export const now = () => wall() + offsetMs;

/** The zone in words: 北京时间, or its name and offset. */
export function zoneName(at = now()) {
  if (zone === "Asia/Shanghai") return t("time.beijing");
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "shortOffset" }).formatToParts(new Date(at));
  return `${zone} (${parts.find((part) => part.type === "timeZoneName").value})`;
}

/** What writes instants in a zone; to make one takes longer than to write a hundred. */
const forming = (name) => new Intl.DateTimeFormat("en-CA", {
  timeZone: name, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
  hour: "2-digit", minute: "2-digit", second: "2-digit",
});
let form = null;

function parts(at) {
  form ??= forming(zone);
  return Object.fromEntries(form.formatToParts(new Date(at)).map((part) => [part.type, part.value]));
}

/** `2020-03-30 15:51` in the zone; `—` when there is no instant. */
export function dateTime(at) {
  if (at === null || at === undefined || Number.isNaN(new Date(at).getTime())) return "—";
  const p = parts(at);
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}`;
}

/** `03-30 15:51` in the zone. */
export const shortTime = (at) => dateTime(at).slice(5) || "—";

/** `2020-03-30 15:51:07` of the picture's present. */
export function clock() {
  const p = parts(now());
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}:${p.second}`;
}

/** Minutes from `at` to now, never below 0. */
export const ageMinutes = (at) => Math.max(0, (now() - Date.parse(at)) / 60000);

/** The age in words: 刚刚, 12 分钟前, 3 小时 05 分前, 2 天前. */
export function age(at) {
  const minutes = Math.floor(ageMinutes(at));
  if (Number.isNaN(minutes)) return "—";
  return minutes < 1 ? t("age.now") : inWords("age.", minutes);
}

/** A span of `minutes` in words: 12 分钟, 3 小时 05 分, 2 天 4 小时. */
export const span = (minutes) => inWords("age.span.", Math.floor(minutes));

function inWords(of, minutes) {
  if (minutes < 60) return t(`${of}minutes`, { m: minutes });
  if (minutes < 24 * 60) {
    return t(`${of}hours`, { h: Math.floor(minutes / 60), m: String(minutes % 60).padStart(current() === "zh" ? 2 : 1, "0") });
  }
  return t(`${of}days`, { d: Math.floor(minutes / 1440), h: Math.floor((minutes % 1440) / 60) });
}

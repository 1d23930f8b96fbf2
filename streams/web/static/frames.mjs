// What cameras saw of a fire: the first and the newest picture with what was found in it, and where to look live.

import { el, svg } from "./dom.mjs";
import { number, t } from "./text.mjs";
import { dateTime } from "./time.mjs";

/** Claims of the story that show something, the oldest first. */
const shown = (told) => (told.timeline ?? []).filter((one) => one.what === "detection" && one.detection.shown)
  .map((one) => one.detection).sort((a, b) => Date.parse(a.observed_at) - Date.parse(b.observed_at));

/** Pictures and links; null when nothing was shown. */
export function frames(told) {
  const all = shown(told);
  const pictured = all.filter((one) => one.shown.pictures?.length);
  const [first, newest] = [pictured[0], pictured.at(-1)];
  const live = [...new Map(all.filter((one) => one.shown.live_url).map((one) => [one.shown.live_url, one])).values()];
  if (!first && !live.length) return null;
  return el("div", { class: "frames" },
    first ? picture(first, newest === first ? "frames.only" : "frames.first") : null,
    newest && newest !== first ? picture(newest, "frames.newest") : null,
    live.length ? el("ul", { class: "live" }, live.map(link)) : null);
}

function picture(claim, key) {
  const words = `${t(key)} · ${claim.source} · ${dateTime(claim.observed_at)}`;
  const missing = el("p", { class: "quiet", hidden: true }, t("frames.missing"));
  const image = el("img", { src: `v1/pictures/${claim.shown.pictures[0]}`, alt: words, loading: "lazy",
    onerror: ({ target }) => { target.parentNode.hidden = true; missing.hidden = false; } });
  return el("figure", {}, el("div", { class: "frame" }, image, claim.shown.box ? outline(claim.shown.box) : null), missing,
    el("figcaption", {}, [words, azimuth(claim)].filter(Boolean).join(" · ")));
}

/** What was found, as a frame over the picture: shares of its width and height. */
function outline([left, top, right, bottom]) {
  const part = (share) => `${(100 * share).toFixed(2)}%`;
  return svg("svg", { "aria-hidden": "true" }, svg("rect", { x: part(left), y: part(top), width: part(right - left), height: part(bottom - top) }));
}

function azimuth({ placing, shown: one }) {
  const degrees = placing?.sector?.azimuth_deg ?? one.azimuth_deg;
  return degrees === undefined || degrees === null ? "" : t("frames.azimuth", { deg: number(degrees, 0) });
}

/** Only addresses that a browser opens and that hold no password become links. */
function link(claim) {
  const text = [claim.source, azimuth(claim)].filter(Boolean).join(" · ");
  const address = URL.canParse(claim.shown.live_url) ? new URL(claim.shown.live_url) : null;
  const safe = address?.host && address.origin !== "null" && !address.username && !address.password;
  return el("li", {}, safe ? el("a", { href: address.href, target: "_blank", rel: "noopener noreferrer" }, t("frames.live", { source: text }))
    : `${text} · ${t("frames.elsewhere", { scheme: address?.protocol.replace(":", "") ?? "?" })}`);
}

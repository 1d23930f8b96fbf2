// The places an alert concerns, each with its layer in words; those hardly possible are a number only.

import { el } from "./dom.mjs";
import { has, isKnown, number, t } from "./text.mjs";

/** Below this a place is counted, not named. */
const HARDLY = 0.01;

/** The list of places: within, possibly within, near. */
export function places(all) {
  const hardly = all.filter((one) => one.relation === "possibly_inside" && isKnown(one.probability) && one.probability < HARDLY);
  const rows = all.filter((one) => !hardly.includes(one)).map(row);
  if (hardly.length) rows.push(el("li", { class: "quiet" }, t("place.others", { n: number(hardly.length) })));
  return el("ul", { class: "places" }, rows);
}

const row = (one) => el("li", {},
  el("span", { class: "layer" }, layerWord(one.layer)), el("span", {}, one.name),
  el("small", {}, [t(`relation.${one.relation}`), distance(one), chance(one)].filter(Boolean).join(" ")),
  one.illustrative ? el("span", { class: "tag illustrative" }, t("tag.illustrative")) : null);

/** What a layer is called; a level of administration by its own word. */
const layerWord = (name) => [`level.${name}`, `layer.${name}`].filter(has).map((key) => t(key))[0] ?? name;

/** How far the alert is from the place, and in which of eight directions. */
function distance({ distance_km: away, azimuth_deg: azimuth }) {
  if (!isKnown(away)) return "";
  const km = number(away, away < 1 ? 2 : 1);
  return isKnown(azimuth) ? t("place.direction", { km, d: t(`compass.${Math.round(azimuth / 45) % 8}`) }) : t("place.at", { km });
}

/** The probability in per cent; neither certain nor impossible by rounding. */
function chance({ probability: p }) {
  if (!isKnown(p)) return "";
  if (p > 0 && p < HARDLY) return "< 1 %";
  return p > 0.99 && p < 1 ? "> 99 %" : `${number(p * 100, 0)} %`;
}

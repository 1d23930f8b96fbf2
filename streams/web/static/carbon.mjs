// Carbon at risk in words: two significant digits with the interval and the horizon, or why it is unknown; never 0 for unknown.

import { el } from "./dom.mjs";
import { sentence } from "./reasons.mjs";
import { isKnown, rounded, t } from "./text.mjs";

/** A second estimate from radiative power beside the first, or that satellites looked too rarely for one; null: neither. */
export function radiated({ radiative, undersampled }) {
  if (!radiative && !undersampled) return null;
  const figure = radiative ? t("carbon.radiative", { v: rounded(radiative.mean_t), low: rounded(radiative.low_t), high: rounded(radiative.high_t) }) : "";
  return el("p", { class: "quiet radiated" }, [figure, undersampled ? t("carbon.undersampled") : ""].filter(Boolean).join(" · "));
}

/** One paragraph for the carbon of an alert, of a fire or of an outbreak. */
export function carbon({ carbon_t: mass, low_t: low, high_t: high, horizon_h: hours, reason }, kind) {
  if (!isKnown(mass)) {
    return el("p", { class: "carbon" }, el("strong", {}, t("carbon.none")), `${t("figure.colon")}${reason ? sentence(reason) : t("reason.none")}`);
  }
  const interval = isKnown(low) && isKnown(high) ? ` (${rounded(low)}–${rounded(high)})` : "";
  const when = isKnown(hours) ? t("carbon.within", { h: rounded(hours) }) : t(kind === "outbreak" ? "carbon.if_outbreak" : "carbon.if_fire");
  return el("p", { class: "carbon" }, el("strong", {}, `${rounded(mass)} t C`), `${interval} · ${when}`);
}

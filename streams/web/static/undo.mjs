// What was said of an incident and can still be taken back: half an hour long, under one's own name, and kept on record.

import { el } from "./dom.mjs";
import { has, t } from "./text.mjs";
import { shortTime, wall } from "./time.mjs";

const WITHIN_MS = 30 * 60 * 1000;

/** What an act or an answer says, in words. */
export function spoken(what, one) {
  if (what === "verdict") return t("timeline.verdict", { what: has(`feedback.${one.code}`) ? t(`feedback.${one.code}`) : one.code, level: t(`work.level.${one.level}`), who: one.author });
  const key = `act.${one.act}`;
  const land = one.land ? t(`work.land.${one.land}`) : "";
  const until = one.until ? shortTime(one.until) : "";
  return t("timeline.act", { what: has(key) ? t(key, { land, until, other: one.other_id ?? "" }) : one.act, who: one.author });
}

/** What became of it, where that is not simply that it was done. */
export const became = (one) => (has(`said.${one.outcome}`) ? t(`said.${one.outcome}`) : "");

/** Words of the last half hour with a button each; `give(body)` sends the act. Nothing when there are none. */
export function undoForm(told, give) {
  const fresh = (told.timeline ?? []).filter(({ what }) => what === "act" || what === "verdict")
    .map(({ what, [what]: one }) => ({ what, one, id: one.act_id ?? one.verdict_id }))
    .filter(({ one }) => one.act !== "undo" && (one.outcome === "applied" || one.outcome === "waiting") && wall() - Date.parse(one.received_at ?? one.at) < WITHIN_MS);
  if (!fresh.length) return null;
  return el("div", { class: "undo" }, el("h4", {}, t("undo.title")),
    el("ul", {}, fresh.slice(-5).reverse().map(({ what, one, id }) => el("li", {}, el("span", {}, spoken(what, one)),
      el("button", { type: "button", class: "plain", onclick: () => give({ act: "undo", of: id }) }, t("undo.do"))))),
    el("p", { class: "quiet" }, t("undo.limits")));
}

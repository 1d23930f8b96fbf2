// What happened, newest first: looks of the sources, revisions, notices, what people said and did.

import { el } from "./dom.mjs";
import { symbol } from "./grade.mjs";
import { figures, sentence } from "./reasons.mjs";
import { has, number, t } from "./text.mjs";
import { dateTime, shortTime } from "./time.mjs";
import { became, spoken } from "./undo.mjs";

const MOST = 250;
// Shorter than the ten minutes between two frames of a geostationary satellite.
const PASS_MS = 10 * 60 * 1000;

/** Entries `{at, kind, text, small, grade}` from the answer of `/v1/incidents/{id}`, newest first. */
export function entries(told) {
  const of = (what) => (told.timeline ?? []).filter((one) => one.what === what).map((one) => one[what]);
  const alerts = of("alert");
  const all = [...looks(of("detection")), ...(alerts.length ? alerts : of("revision")).map(revision), ...of("notice").map(notice),
    ...of("verdict").map((one) => said("verdict", one)), ...of("act").map((one) => said("act", one))];
  return all.filter((one) => one.at).sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

/** Detections of one pass are one line with their number. A source that looks again, as a geostationary satellite
 * does every ten minutes, begins a new line: power of two instants is never added. */
function looks(detections) {
  const passes = [];
  const last = new Map();
  for (const one of [...detections].sort((a, b) => Date.parse(a.observed_at) - Date.parse(b.observed_at))) {
    const key = one.look || one.source;
    let pass = last.get(key);
    if (!pass || Date.parse(one.observed_at) - Date.parse(pass.observed_at) >= PASS_MS) {
      pass = { ...one, n: 0, frp: 0 };
      last.set(key, pass);
      passes.push(pass);
    }
    pass.n += 1;
    pass.frp += one.frp_mw ?? 0;
  }
  return passes.map((pass) => ({
    at: pass.observed_at, kind: "look", rebuilt: pass.reconstruction,
    text: t("timeline.look", { source: pass.source, what: sourceWord(pass.source_class), n: number(pass.n) }),
    small: [pass.frp > 0 ? t("value.frp", { v: number(pass.frp) }) : "", pass.text,
      t("timeline.received", { at: shortTime(pass.received_at) })].filter(Boolean).join(" · "),
  }));
}

const sourceWord = (name) => (has(`source.${name}`) ? t(`source.${name}`) : name ?? "");

/** A revision of the alert; where nobody was told, of the incident. */
const revision = (one) => ({
  at: one.issued_at ?? one.judged_at, kind: "revision", grade: one.grade, rebuilt: false,
  text: t("timeline.revision", { n: one.revision, what: one.action ? t(`action.${one.action}`) : t(`status.${one.status}`) }),
  small: (one.reasons ?? []).slice(0, 2).map((reason) => [sentence(reason), figures(reason)].filter(Boolean).join(" ")).join(t("page.between")),
});

const notice = (one) => ({
  at: one.at, kind: "notice", bad: one.outcome === "failed" || one.outcome === "expired",
  text: t("timeline.notice", { receiver: one.receiver, channel: one.channel, outcome: t(`outcome.${one.outcome}`) }),
  small: [t("timeline.attempts", { n: one.attempts ?? 0 }), one.reason ? sentence(one.reason) : ""].filter(Boolean).join(" · "),
});

/** What a person said or did; struck out once it was taken back. */
const said = (what, one) => ({
  at: one.at, kind: one.outcome === "undone" ? "said undone" : "said", bad: one.outcome === "refused",
  text: spoken(what, one), small: [became(one), one.reason && one.outcome === "refused" ? sentence(one.reason) : "", one.text].filter(Boolean).join(" · "),
});

/** The list, or the sentence that there is nothing yet. */
export function timeline(told) {
  const all = entries(told);
  if (!all.length) return el("p", { class: "quiet" }, t("timeline.empty"));
  const items = all.slice(0, MOST).map((one) => el("li", { class: `${one.kind}${one.bad ? " bad" : ""}` },
    el("time", { datetime: one.at, title: dateTime(one.at) }, shortTime(one.at)),
    one.grade ? symbol(one.grade) : el("span", { class: "dot", "aria-hidden": "true" }),
    el("span", { class: "what" }, one.text, one.rebuilt ? el("span", { class: "tag rebuilt" }, t("tag.reconstruction")) : null,
      one.small ? el("small", {}, one.small) : null)));
  const unsent = Object.values(told.left_out ?? {}).reduce((sum, n) => sum + n, 0);
  const gone = Math.max(all.length - MOST, 0) + unsent;
  const cut = gone ? el("p", { class: "quiet" }, t("timeline.cut", { n: number(gone) })) : null;
  return el("div", {}, el("ol", { class: "timeline" }, items), cut);
}

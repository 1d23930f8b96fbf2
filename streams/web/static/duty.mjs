// Reports that the law asks for at once: which cases hold, what a person must say, what nobody has told yet.

import { el } from "./dom.mjs";
import { has, t } from "./text.mjs";
import { dateTime } from "./time.mjs";

const word = (kind, code) => (has(`${kind}.${code}`) ? t(`${kind}.${code}`) : code);

const named = (codes) => codes.map((code) => word("trigger", code)).join(t("page.between"));

const due = ({ clock, due_at: at }) => (at ? t("duty.due", { clock: word("clock", clock), at: dateTime(at) }) : t("duty.waits", { clock: word("clock", clock) }));

/** What stands in the section; nothing while the rules ask for nothing. */
export function duty({ holds = [], asks = [], unknown = [], deadlines = [] }) {
  const held = holds.map((one) => el("li", {}, el("span", {}, word("trigger", one.code)),
    el("small", {}, [t("duty.since", { at: dateTime(one.since_at) }), word("level", one.to), due(one)].join(" · "))));
  const clocks = deadlines.map((one) => el("li", {}, el("span", {}, due(one))));
  return [
    held.length ? el("ul", { class: "reasons" }, [...held, ...clocks]) : el("p", { class: "quiet" }, t("duty.none")),
    asks.length ? el("p", {}, t("duty.asks", { cases: named(asks) })) : null,
    unknown.length ? el("p", { class: "quiet" }, t("duty.unknown", { cases: named(unknown) })) : null,
  ];
}

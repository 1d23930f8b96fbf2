// Calls taken: when, where, what was seen, what became of each; a number is shown when it is asked for, and that is noted.

import { getJson } from "./api.mjs";
import { telephone } from "./contacts.mjs";
import { el, fill } from "./dom.mjs";
import { panel } from "./form.mjs";
import { GRADES, symbol } from "./grade.mjs";
import { number, t } from "./text.mjs";
import { dateTime } from "./time.mjs";

export class Calls {
  constructor(store, open) { Object.assign(this, { store, open }); }

  async show() {
    const { box, body } = panel("calls", "calls.title");
    this.box = box;
    const { calls } = await getJson("v1/calls").catch(() => ({}));
    if (!calls) { fill(body, el("p", { class: "wrong" }, t("desk.unread"))); return; }
    const before = calls.filter((one) => !one.this_shift);
    const now = calls.filter((one) => one.this_shift);
    fill(body, el("h3", {}, t("calls.shift")),
      el("ol", { class: "calls" }, now.length ? now.map((one) => this.item(one)) : el("li", { class: "quiet" }, t("calls.none"))),
      before.length ? el("details", {}, el("summary", {}, t("calls.before", { n: number(before.length) })), el("ol", { class: "calls" }, before.map((one) => this.item(one)))) : null);
    body.querySelector("button, summary")?.focus();
  }

  item(one) {
    const place = one.place_name || t("calls.no_place");
    const rung = el("span", { class: "rung" }, one.number ? [one.caller && `${one.caller}*`, one.number].filter(Boolean).join(" ") : "");
    const ask = one.number || one.caller ? el("button", { type: "button", class: "plain", "aria-label": `${t("calls.number")}: ${place}`, onclick: () => this.ring(one, rung, ask) }, t("calls.number")) : null;
    return el("li", { "data-call": one.call_id },
      el("p", { class: "top" }, el("time", { datetime: one.observed_at }, dateTime(one.observed_at)), " ", el("strong", {}, place)),
      el("p", {}, t("calls.of", { saw: one.saw ? t(`call.saw.${one.saw}`) : t("call.saw.unknown"), by: one.by.replace(/^user\//, "") })),
      el("p", {}, rung, " ", ask, " ", this.became(one.became)));
  }

  became({ alert_id: id, short_code: code, grade }) {
    if (!code) return el("span", { class: "quiet" }, t("calls.became_none"));
    const words = [GRADES.includes(grade) ? symbol(grade) : null, t("calls.became", { code })];
    if (!this.store.alerts.has(id)) return el("span", {}, words);
    return el("button", { type: "button", class: "plain", onclick: () => { this.box.close(); this.open(id); } }, words);
  }

  /** The number as it was noted; the button gives way to it. */
  async ring(one, line, button) {
    const told = await getJson(`v1/calls/${encodeURIComponent(one.call_id)}`).catch(() => null);
    if (!told) { fill(line, t("desk.unread")); return; }
    fill(line, told.number || told.caller ? [told.caller, " ", told.number ? telephone({ phone: told.number.replaceAll(/[ ()-]/g, "") }) : t("calls.no_number")] : t("calls.gone"));
    button.remove();
    (line.querySelector("a") ?? this.box.querySelector("button"))?.focus();
  }
}

// The verification queue, overdue first, and how much each county had answered by an hour.

import { getJson } from "./api.mjs";
import { el, fill } from "./dom.mjs";
import { choice, field, panel } from "./form.mjs";
import { symbol } from "./grade.mjs";
import { has, isKnown, number, t } from "./text.mjs";
import { shortTime, span } from "./time.mjs";

const HOURS = [8, 12, 17, 20, 24];

export class Queue {
  constructor(store, open) { Object.assign(this, { store, open, hour: 17 }); }

  async show() {
    const { box, body } = panel("queue", "queue.title");
    this.box = box;
    this.lines = el("ol", { class: "queue" });
    this.rates = el("div", { class: "rates" });
    const hours = choice(HOURS.map((one) => [one, `${one}:00`]), { id: "queue-hour", onchange: (happened) => { this.hour = Number(happened.target.value); this.drawRates(); } });
    hours.value = String(this.hour);
    fill(body, this.lines, el("h3", {}, t("queue.rates")), field("queue.hour", hours), this.rates);
    await Promise.all([this.drawLines(), this.drawRates()]);
    this.lines.querySelector("button")?.focus();
    // What becomes overdue moves up while the panel is looked at.
    const again = () => this.drawLines();
    this.store.addEventListener("evidence", again);
    box.addEventListener("close", () => this.store.removeEventListener("evidence", again));
  }

  async drawLines() {
    const { queue } = await getJson("v1/queue").catch(() => ({}));
    if (!queue) { fill(this.lines, el("li", { class: "wrong" }, t("desk.unread"))); return; }
    const held = document.activeElement?.dataset.waits;
    fill(this.lines, queue.length ? queue.map((one) => el("li", {}, this.row(one))) : el("li", { class: "quiet" }, t("queue.empty")));
    if (held) [...this.lines.querySelectorAll("button")].find((one) => one.dataset.waits === held)?.focus();
  }

  row(one) {
    const late = isKnown(one.overdue_min);
    const due = late ? t("queue.overdue", { span: span(one.overdue_min) }) : one.due_at ? t("queue.due", { at: shortTime(one.due_at) }) : "";
    return el("button", { type: "button", class: `row${late ? " late" : ""}`, "data-waits": one.alert_id, onclick: () => { this.box.close(); this.open(one.alert_id); } },
      symbol(one.grade),
      el("span", { class: "body" },
        el("span", { class: "top" }, el("span", { class: "place" }, one.county || one.short_code), el("strong", { class: "due" }, due)),
        el("span", { class: "word" }, one.short_code, el("span", {}, t(`feedback.state.${one.state}`)),
          isKnown(one.code) && has(`feedback.${one.code}`) ? el("span", {}, t(`feedback.${one.code}`)) : null,
          el("span", {}, t("queue.waits", { who: t(`level.${one.waits_for}`) })),
          one.contradicted ? el("span", { class: "tag" }, t("feedback.contradicted")) : null),
        one.words.length ? el("span", { class: "facts" }, one.words.join(t("page.between"))) : null));
  }

  async drawRates() {
    const { rates } = await getJson(`v1/feedback-rate?hour=${this.hour}`).catch(() => ({}));
    if (!rates) { fill(this.rates, el("p", { class: "wrong" }, t("desk.unread"))); return; }
    const cells = (one) => [one.county || t("queue.all"), number(one.told), number(one.answered), number(one.in_time),
      isKnown(one.rate) ? `${number(one.rate * 100, 0)} %` : t("queue.no_rate")];
    fill(this.rates, el("table", {},
      el("thead", {}, el("tr", {}, ["county", "told", "answered", "in_time", "rate"].map((name) => el("th", { scope: "col" }, t(`queue.${name}`))))),
      el("tbody", {}, rates.map((one) => el("tr", {}, cells(one).map((text) => el("td", {}, text)))))));
  }
}

// 交接班: what is open and what changed, signed by who goes; the next officer signs from their own session.

import { getJson, send } from "./api.mjs";
import { el, fill } from "./dom.mjs";
import { field, outcome, panel, tell } from "./form.mjs";
import { has, number, t } from "./text.mjs";
import { dateTime } from "./time.mjs";

/** One open task as it stood when it was handed over. */
const waits = (one) => el("li", {}, [one.short_code, one.county, t(`feedback.state.${one.state}`), t("queue.waits", { who: t(`level.${one.waits_for}`) }), ...one.words].filter(Boolean).join(" · "));

const LOST = { status: 0, told: {} };

export class Handover {
  async show() {
    const { body } = panel("handover", "handover.title");
    this.text = el("textarea", { id: "handover-text", rows: 3, maxlength: 4000 });
    this.line = outcome();
    this.list = el("ol", { class: "handovers" });
    fill(body, el("form", { onsubmit: (happened) => this.give(happened) }, field("handover.text", this.text),
      el("button", { type: "submit" }, t("handover.sign"))), this.line, el("h3", {}, t("handover.last")), this.list);
    this.text.focus();
    await this.draw();
  }

  async give(happened) {
    happened.preventDefault();
    if (tell(this.line, await send("POST", "v1/handovers", { text: this.text.value }).catch(() => LOST))) this.text.value = "";
    await this.draw();
  }

  async draw() {
    const found = await getJson("v1/handovers").catch(() => null);
    if (!found) return fill(this.list, el("li", { class: "wrong" }, t("desk.unread")));
    const { handovers } = found;
    return fill(this.list, handovers.length ? handovers.map((one) => this.item(one)) : el("li", { class: "quiet" }, t("handover.none")));
  }

  item(one) {
    const told = Object.entries(one.body.told).map(([action, n]) => `${has(`action.${action}`) ? t(`action.${action}`) : action} ${number(n)}`);
    const taken = one.taken_at
      ? el("p", {}, t("handover.taken", { who: one.taken_person || one.taken_who, at: dateTime(one.taken_at) }))
      : el("button", { type: "button", class: "plain", onclick: () => this.take(one.number) }, t("handover.take"));
    return el("li", {}, el("strong", {}, t("handover.given", { n: one.number, who: one.person || one.who, at: dateTime(one.at) })),
      el("details", {}, el("summary", {}, t("handover.open", { n: number(one.body.open.length) })), el("ul", {}, one.body.open.map(waits))),
      el("p", {}, [t("handover.calls", { n: number(one.body.calls) }), ...told].join(" · ")),
      one.body.text ? el("p", { class: "said" }, one.body.text) : null, taken, el("small", {}, t("handover.seal", { seal: one.seal.slice(0, 16) })));
  }

  async take(n) {
    tell(this.line, await send("POST", `v1/handovers/${n}`, {}).catch(() => LOST));
    await this.draw();
  }
}

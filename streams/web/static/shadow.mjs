// How a candidate that runs beside the live settings differs from them by now; asked again every ten seconds.

import { getJson } from "./api.mjs";
import { el, fill } from "./dom.mjs";
import { reasonOfRule } from "./reasons.mjs";
import { has, number, t } from "./text.mjs";
import { dateTime as at, span } from "./time.mjs";

const EVERY_MS = 10_000;
const HEADS = ["opened", "place", "change", "live", "candidate"];

export class Shadow {
  constructor(box) { this.box = box; }

  async start() {
    await this.load();
    setInterval(() => { if (!document.hidden) this.load(); }, EVERY_MS);
  }

  async load() {
    const told = await getJson("v1/shadow").catch((error) => ({ fault: error.message }));
    const text = JSON.stringify(told);
    if (text === this.seen) return;
    this.seen = text;
    this.told = told;
    this.draw();
  }

  draw() {
    const { shadow, fault } = this.told;
    if (!shadow) return void fill(this.box, el("p", { class: "quiet" }, fault ?? t("tuning.no_shadow")));
    const counts = Object.entries(shadow.counts).filter(([, n]) => n);
    fill(this.box,
      el("p", {}, t("tuning.shadow_of", { name: shadow.candidate, from: at(shadow.from_at), to: at(shadow.to_at) })),
      el("p", {}, t("tuning.told", shadow.told)),
      counts.length ? el("ul", { class: "counts" }, counts.map(([what, n]) => el("li", { class: what.startsWith("lost") ? "lost" : null },
        el("b", {}, number(n, 0)), word(what)))) : el("p", { class: "quiet" }, t("tuning.no_difference")),
      shadow.changed.length ? this.table(shadow.changed) : null);
  }

  table(changed) {
    const heads = HEADS.map((name) => t(`tuning.${name}`));
    return el("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": t("tuning.changed") },
      el("table", { class: "stacked" }, el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
        el("tbody", {}, changed.map((one) => el("tr", {}, cells(one).map((cell, i) => el("td", { "data-head": heads[i] }, cell)))))));
  }
}

const word = (what) => (has(`tuning.what.${what}`) ? t(`tuning.what.${what}`) : what);

function cells({ what, minutes, before, after }) {
  const one = after[0] ?? before[0];
  const late = minutes ? t("tuning.by_minutes", { span: span(Math.abs(minutes)) }) : "";
  return [at(one.opened_at), one.place || one.county || `${one.longitude}, ${one.latitude}`, what.map(word).join(", ") + late, side(before), side(after)];
}

/** What one side told: each grade with its sureness and the reasons for it. */
const side = (stories) => el("ul", { class: "side" }, stories.map((one) => el("li", {},
  el("b", {}, one.grade ? `${t(`grade.short.${one.grade}`)} · ${number(one.probability * 100, 0)} %` : t("tuning.silent")),
  el("ul", { class: "because" }, one.reasons.slice(0, 3).map(reasonOfRule)))));

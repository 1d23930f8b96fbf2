// How a candidate that runs beside the live settings differs from them by now; asked again every ten seconds.

import { getJson } from "./api.mjs";
import { el, fill } from "./dom.mjs";
import { has, number, t } from "./text.mjs";
import { dateTime as at } from "./time.mjs";

const EVERY_MS = 10_000;

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
    const heads = ["tuning.opened", "tuning.place", "tuning.change", "tuning.live", "tuning.candidate"];
    return el("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": t("tuning.changed") },
      el("table", {}, el("thead", {}, el("tr", {}, heads.map((name) => el("th", { scope: "col" }, t(name))))),
        el("tbody", {}, changed.map(row))));
  }
}

const word = (what) => (has(`tuning.what.${what}`) ? t(`tuning.what.${what}`) : what);

function row({ what, minutes, before, after }) {
  const one = after[0] ?? before[0];
  const late = minutes ? ` (${number(minutes, 0)} min)` : "";
  return el("tr", {}, el("td", {}, at(one.opened_at)), el("td", {}, one.place || one.county || `${one.longitude}, ${one.latitude}`),
    el("td", {}, what.map(word).join(", ") + late), el("td", {}, side(before)), el("td", {}, side(after)));
}

/** What one side told: each grade with its sureness and the reasons for it. */
const side = (stories) => el("ul", {}, stories.map((one) => el("li", {},
  one.grade ? `${t(`grade.short.${one.grade}`)} · ${number(one.probability * 100, 0)} %` : t("tuning.silent"),
  el("small", {}, ` ${one.reasons.slice(0, 3).map(because).join(" · ")}`))));

const because = ({ code, value, threshold, unit }) => `${has(`reason.${code}`) ? t(`reason.${code}`) : code}${
  value === null || value === undefined ? "" : ` ${number(value, 3)}`}${threshold === null || threshold === undefined ? "" : ` / ${number(threshold, 3)}`}${unit ? ` ${unit}` : ""}`;

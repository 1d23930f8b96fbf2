// Last night's silences that were nearest to their threshold: by how much, by which rule, and where.

import { getJson } from "./api.mjs";
import { el, fill, svg } from "./dom.mjs";
import { choice, field } from "./form.mjs";
import { rings } from "./layers.mjs";
import { ruleWord, sentence, unitWord } from "./reasons.mjs";
import { number, t } from "./text.mjs";
import { dateTime as at } from "./time.mjs";

const NUMBERED = 20;

export class Misses {
  constructor(box) {
    this.box = box;
    this.hours = "24";
  }

  async start() {
    this.counties = await getJson("v1/layers/county").catch(() => ({ features: [] }));
    this.names = Object.fromEntries(this.counties.features.map(({ properties }) => [properties.id ?? properties.code, properties.name]));
    await this.load();
  }

  async load() {
    const told = await getJson(`v1/nearest?hours=${this.hours}`).catch((error) => ({ nearest: [], fault: error.message }));
    this.told = told;
    this.draw();
  }

  draw() {
    const span = choice([["12", t("tuning.hours", { h: 12 })], ["24", t("tuning.hours", { h: 24 })], ["168", t("tuning.days", { d: 7 })]],
      { id: "hours", onchange: (happened) => { this.hours = happened.target.value; this.load(); } });
    span.value = this.hours;
    const { nearest, fault } = this.told;
    fill(this.box, field("tuning.of_the_last", span),
      nearest.length ? el("div", { class: "beside" }, this.table(nearest), this.chart(nearest))
        : el("p", { class: "quiet" }, fault ?? t("tuning.no_misses")));
  }

  table(nearest) {
    const heads = ["tuning.number", "tuning.when", "tuning.source", "tuning.place", "tuning.rule", "tuning.had", "tuning.needed", "tuning.lacked", "tuning.picture"];
    return el("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": t("tuning.misses") },
      el("table", {}, el("thead", {}, el("tr", {}, heads.map((name) => el("th", { scope: "col" }, t(name))))),
        el("tbody", {}, nearest.map((one, k) => this.row(one, k)))));
  }

  row(one, k) {
    const where = one.longitude === null ? "" : `${number(one.longitude, 4)}, ${number(one.latitude, 4)}`;
    const named = [one.rule !== one.code && ruleWord(one.rule), one.code].filter(Boolean).join(" · ");
    return el("tr", {}, el("td", {}, String(k + 1)), el("td", {}, at(one.at)), el("td", {}, one.source),
      el("td", {}, [this.names[one.county] ?? one.county, where].filter(Boolean).join(" · ")), el("td", {}, sentence(one), el("small", {}, named)),
      el("td", {}, `${number(one.value, 3)} ${unitWord(one.unit)}`), el("td", {}, number(one.threshold, 3)), el("td", {}, `${number(one.lacks * 100, 1)} %`),
      el("td", {}, one.pictures.length ? this.picture(one) : null));
  }

  /** The first picture, small; it opens whole in a tab of its own. One that is not kept here says so. */
  picture(one) {
    const words = `${t("tuning.picture")} · ${one.source} · ${at(one.at)}`, address = `v1/pictures/${one.pictures[0]}`;
    const gone = ({ target }) => target.parentNode.replaceWith(t("tuning.no_picture"));
    return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" },
      el("img", { src: address, alt: words, loading: "lazy", onerror: gone }));
  }

  /** Where they lie, numbered as in the table, over the outlines of counties. */
  chart(nearest) {
    const placed = nearest.map((one, k) => [one, k]).filter(([one]) => one.longitude !== null).slice(0, NUMBERED);
    if (!placed.length) return el("p", { class: "quiet" }, t("tuning.no_place"));
    const [west, south, east, north] = boxOf(placed.map(([one]) => one));
    const squeeze = Math.cos((south + north) * Math.PI / 360), wide = 300, scale = wide / ((east - west) * squeeze);
    const x = (lon) => (lon - west) * squeeze * scale, y = (lat) => (north - lat) * scale;
    const line = (ring) => `M${ring.map(([lon, lat]) => `${x(lon).toFixed(1)},${y(lat).toFixed(1)}`).join("L")}Z`;
    return svg("svg", { class: "chart", viewBox: `0 0 ${wide} ${((north - south) * scale).toFixed(0)}`, role: "img", "aria-label": t("tuning.chart") },
      this.counties.features.map((one) => svg("path", { class: "county", d: rings(one.geometry).map(line).join("") })),
      placed.map(([one, k]) => svg("g", {}, svg("circle", { cx: x(one.longitude), cy: y(one.latitude), r: 4 }),
        svg("text", { x: x(one.longitude), y: y(one.latitude) - 9, "font-size": 9 }, String(k + 1)))));
  }
}

/** West, south, east and north of places, with room round them. */
function boxOf(places) {
  const lon = places.map((one) => one.longitude), lat = places.map((one) => one.latitude);
  const room = 0.15 * Math.max(Math.max(...lon) - Math.min(...lon), Math.max(...lat) - Math.min(...lat), 0.4);
  return [Math.min(...lon) - room, Math.min(...lat) - room, Math.max(...lon) + room, Math.max(...lat) + room];
}

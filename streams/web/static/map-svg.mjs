// Our own map, for machines without WebGL2 or the library: the same layers in SVG, panned and zoomed by mouse, touch or keys.

import { fill, svg } from "./dom.mjs";
import { MIDDLE, SHAPE, mark } from "./grade.mjs";
import { LAYERS, MARK, labelPoints, rings } from "./layers.mjs";
import { Camera, listen, stretch } from "./map-svg-camera.mjs";
import { SvgBase } from "./map-svg-base.mjs";
import { SpotCanvas } from "./map-svg-spots.mjs";
import { isPicking, offer } from "./pick.mjs";
import { scale } from "./size.mjs";
import { t } from "./text.mjs";

const MOST_SYMBOLS = 600;
const MOST_MARKS = 300;
const BORDERS = ["county", "city", "province"];
/** What is lines and outlines alone, from the ground up. */
const DRAWN = ["permits-areas", "cones", "sights", "ellipses", "kin", "reaches", "heads", "further"];

export class SvgMap {
  engine = "svg";
  left = 0;

  constructor(box, select, base, note) {
    this.camera = new Camera(box, () => this.moved());
    this.select = select;
    this.now = { footprints: [], symbols: [] };
    this.spots = new SpotCanvas(this.camera);
    this.points = {};
    this.names = {};
    this.hidden = new Set(LAYERS.filter((one) => !one.shown).map((one) => one.name));
    const group = (name) => (this[name] = svg("g", { class: name }));
    this.ground = svg("g", { class: "ground" }, svg("g", { class: "base" }), svg("path", { class: "inside" }),
      ["stands", "protected_areas", ...BORDERS].map((name) => svg("path", { class: name })));
    this.fires = svg("g", { class: "fires" }, svg("g", { class: "footprints" }), DRAWN.map((name) => svg("path", { class: name })));
    this.root = svg("svg", { class: "own-map", role: "application", tabindex: 0, "aria-label": t("map.label") },
      this.ground, svg("foreignObject", { class: "spots", width: "100%", height: "100%" }, this.spots.canvas), this.fires,
      group("texts"), group("marks"), group("signs"));
    fill(box, this.root);
    this.base = new SvgBase(this.ground, this.camera, base, note);
    listen(this.root, this.camera);
    this.root.addEventListener("click", (happened) => {
      if (isPicking()) { if (!this.camera.dragged) offer(...this.camera.ground(happened)); return; }
      const id = happened.target.closest("[data-id]")?.dataset.id;
      if (id && !this.camera.dragged) select(id);
    });
  }

  layer({ name, shape }, collection) {
    if (shape === "mark") this.points[name] = collection.features;
    else this.ground.querySelector(`path.${name}`).setAttribute("d", outline(collection.features));
    if (name === "province") this.ground.querySelector(".inside").setAttribute("d", outline(collection.features));
    if (name === "city" || name === "county") this.names[name] = labelPoints(collection);
    this.show(name, !this.hidden.has(name));
  }

  picture(now) {
    this.now = now;
    this.root.setAttribute("aria-label", t("map.label"));
    const prints = now.footprints.slice(-MOST_SYMBOLS).map((one) => svg("path", { d: outline([one]), "data-id": one.properties.id || null,
      class: `grade-${one.properties.grade}${one.properties.told ? "" : " silent"}${this.is(one) ? " chosen" : ""}` }));
    fill(this.fires.querySelector(".footprints"), prints);
    for (const name of DRAWN) if (now[name]) this.set(name, now[name]);
    this.left = Math.max(0, now.symbols.length - MOST_SYMBOLS);
    this.moved();
  }

  /** Draw outlines and lines of a source that is nothing else. */
  set(name, features) {
    this.fires.querySelector(`path.${name}`)?.setAttribute("d", outline(features.filter((one) => one.properties.what !== "outermost")));
  }

  hotspots(spots) {
    this.spots.spots = spots;
    this.spots.draw();
  }

  is(one) { return this.chosen && one.properties.id === this.chosen; }

  /** Signs keep their size on the screen: place those in view anew. */
  moved() {
    const { camera } = this;
    for (const one of [this.ground, this.fires]) one.setAttribute("transform", camera.transform());
    this.spots.draw();
    this.base?.draw();
    const at = (one) => camera.screen(one.geometry.coordinates);
    const seen = (some, most) => some.filter((one) => camera.holds(one.geometry.coordinates)).slice(-most);
    const shown = ([name]) => !this.hidden.has(name);
    const close = { city: 1, county: 5 };
    fill(this.texts, Object.entries(this.names).filter(shown).filter(([name]) => camera.closeness() >= close[name])
      .flatMap(([name, some]) => seen(some, MOST_MARKS).map((one) => text(at(one), name, one.properties.name))));
    fill(this.marks, camera.closeness() < 1.2 ? [] : Object.entries(this.points).filter(shown).flatMap(([name, some]) => seen(some, MOST_MARKS)
      .map((one) => svg("path", { class: `mark ${name}`, d: MARK[name], transform: `translate(${at(one)}) scale(${(0.6 * Math.sqrt(scale())).toFixed(2)}) translate(-12 -12)` },
        svg("title", {}, String(one.properties.name ?? ""))))));
    fill(this.signs, seen(this.now.symbols, MOST_SYMBOLS).map((one) => this.sign(one, at(one))));
  }

  sign(one, at) {
    const { id, grade, place: name, rank, word } = one.properties;
    return svg("g", { class: `symbol grade-${grade}${this.is(one) ? " chosen" : ""}`, "data-id": id, transform: `translate(${at}) scale(${scale().toFixed(2)})` },
      svg("title", {}, `${word} ${name}`), this.is(one) ? svg("circle", { class: "ring", r: 21 }) : null,
      svg("path", { d: SHAPE[grade], transform: `scale(${grade === "task" ? 0.75 : 1.05}) translate(-12 -12)` }),
      svg("text", { y: (MIDDLE[grade] - 12) * 0.9, "text-anchor": "middle", "dominant-baseline": "central" }, mark(grade)),
      rank < 3 ? svg("text", { class: "place", y: 27, "text-anchor": "middle" }, name) : null);
  }

  show(name, visible) {
    if (visible) this.hidden.delete(name);
    else this.hidden.add(name);
    for (const one of this.root.querySelectorAll(`path.${name}, path.${name}-areas`)) one.setAttribute("visibility", visible ? "visible" : "hidden");
    this.moved();
  }

  choose(id) { this.chosen = id; this.picture(this.now); }

  fit(box, { left = 0 } = {}) { this.camera.fit(box, left); }

  zoom(step) { this.camera.zoom(2 ** step); }

  recolour() { /* style.css colours SVG by itself */ }
}

const text = (at, name, words) => svg("text", { class: `name ${name}`, transform: `translate(${at})`, "text-anchor": "middle" }, words);

/** Position in the ground's own units: degrees, the latitude stretched as Mercator does. */
const place = ([x, y]) => `${x.toFixed(5)} ${(-stretch(y)).toFixed(5)}`;

const outline = (features) => features.map(({ geometry }) => (geometry.type === "LineString" ? `M${geometry.coordinates.map(place).join("L")}`
  : rings(geometry).map((ring) => `M${ring.map(place).join("L")}Z`).join(""))).join("");

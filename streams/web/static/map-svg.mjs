// Our own map, for machines without WebGL2 or the library: the same layers in SVG, panned and zoomed by mouse, touch or keys.

import { fill, svg } from "./dom.mjs";
import { stretch } from "./geometry.mjs";
import { GRADES, MIDDLE, mark, shape } from "./grade.mjs";
import { LAYERS, MARK, labelPoints, rings } from "./layers.mjs";
import { Camera, listen } from "./map-svg-camera.mjs";
import { SvgBase } from "./map-svg-base.mjs";
import { Placed } from "./map-svg-placed.mjs";
import { SpotCanvas } from "./map-svg-spots.mjs";
import { afterPaint, stands } from "./paint.mjs";
import { isPicking, offer } from "./pick.mjs";
import { scale } from "./size.mjs";
import { current, t } from "./text.mjs";

const MOST_SYMBOLS = 600;
const MOST_MARKS = 300;
const BORDERS = ["county", "city", "province"];
/** What is a path for each feature: one path of thousands of corners is drawn whole for every tile of the screen, of many only those in it. */
const APART = new Set(["county", "city", "ellipses"]);
/** An ellipse smaller than this on the screen lies under its sign. */
const SEEN_PX = 6;
/** So many times closer than the whole region names are written; marks at 1.2. */
const CLOSE = { city: 1, county: 5, blind: 0 };
/** Outlines of signs about the place where they stand. */
const CENTRED = Object.fromEntries(GRADES.map((grade) => [grade, shape(grade, grade === "task" ? 0.75 : 1.05, 0)]));
/** What is lines and outlines alone, from the ground up. */
const DRAWN = ["permits-areas", "cones", "sights", "ellipses", "kin", "reaches", "heads", "further"];

export class SvgMap {
  engine = "svg";
  left = 0;

  constructor(box, select, base, note) {
    this.camera = new Camera(box, () => this.moved());
    this.select = select;
    this.now = { footprints: [], symbols: [] };
    this.widest = 0;
    this.spots = new SpotCanvas(this.camera);
    this.placed = {};
    this.hidden = new Set(LAYERS.filter((one) => !one.shown).map((one) => one.name));
    const group = (name) => (this[name] = svg("g", { class: name }));
    this.ground = svg("g", { class: "ground" }, svg("g", { class: "base" }), svg("path", { class: "inside" }),
      ["stands", "protected_areas", ...BORDERS].map(lines));
    this.fires = svg("g", { class: "fires" }, svg("g", { class: "footprints" }), DRAWN.map(lines));
    this.root = svg("svg", { class: "own-map", role: "application", tabindex: 0, "aria-label": t("map.label") },
      this.ground, svg("foreignObject", { class: "spots", width: "100%", height: "100%" }, this.spots.canvas), this.fires,
      group("texts"), group("marks"), group("signs"));
    fill(box, this.root);
    this.symbols = new Placed(this.signs, this.camera, (one) => this.sign(one), MOST_SYMBOLS, () => ` scale(${scale().toFixed(2)})`);
    this.base = new SvgBase(this.ground, this.camera, base, note);
    listen(this.root, this.camera);
    this.root.addEventListener("click", (happened) => {
      if (isPicking()) { if (!this.camera.dragged) offer(...this.camera.ground(happened)); return; }
      const id = happened.target.closest("[data-id]")?.dataset.id;
      if (id && !this.camera.dragged) select(id);
    });
  }

  layer({ name, shape }, collection) {
    if (shape === "mark") this.place(name, this.marks, collection.features, (one) => (name === "blind" ? voiceless(one) : mark24(name, one)), () => ` scale(${(0.6 * Math.sqrt(scale())).toFixed(2)}) translate(-12 -12)`);
    else this.outlines(this.ground, name, collection.features);
    if (name === "province") this.ground.querySelector(".inside").setAttribute("d", outline(collection.features));
    if (name === "city" || name === "county") this.place(name, this.texts, labelPoints(collection), (one) => text(name, one.properties.name));
    this.show(name, !this.hidden.has(name));
  }

  /** Put points of a layer into a group of their own. */
  place(name, into, features, make, after) {
    if (!this.placed[name]) {
      const group = svg("g");
      into.append(group);
      this.placed[name] = new Placed(group, this.camera, make, MOST_MARKS, after);
    }
    this.placed[name].take(features);
  }

  picture(now) {
    this.now = now;
    this.root.setAttribute("aria-label", t("map.label"));
    this.prints = new Map(now.footprints.slice(-MOST_SYMBOLS).map((one) => [one.properties.id || {}, svg("path", { d: outline([one]), "data-id": one.properties.id || null,
      class: `grade-${one.properties.grade}${one.properties.told ? "" : " silent"}${this.is(one) ? " chosen" : ""}` })]));
    fill(this.fires.querySelector(".footprints"), [...this.prints.values()]);
    for (const name of DRAWN) if (now[name]) this.set(name, now[name]);
    this.widest = Math.max(0, ...now.ellipses.map(({ geometry: { coordinates: [ring] } }) => Math.hypot(...[0, 1].map((i) => ring[0][i] - ring[ring.length >> 1][i]))));
    this.left = Math.max(0, now.symbols.length - MOST_SYMBOLS);
    this.symbols.take(now.symbols, ({ properties: { id, grade, place: name, word } }) => `${id} ${grade} ${name} ${word} ${current()}`);
    this.moved();
  }

  /** Draw outlines and lines of a source that is nothing else. */
  set(name, features) {
    this.outlines(this.fires, name, features.filter((one) => one.properties.what !== "outermost"));
  }

  outlines(group, name, features) {
    if (APART.has(name)) fill(group.querySelector(`g.${name}`), features.map((one) => svg("path", { class: name, d: outline([one]) })));
    else group.querySelector(`path.${name}`)?.setAttribute("d", outline(features));
  }

  hotspots(spots) {
    this.spots.spots = spots;
    this.spots.draw();
  }

  is(one) { return this.chosen && one.properties.id === this.chosen; }

  /** The ground is moved as a whole, what keeps its size is put in its place. */
  moved() {
    const { camera } = this;
    for (const one of [this.ground, this.fires]) one.setAttribute("transform", camera.transform());
    this.fires.querySelector("g.ellipses").setAttribute("visibility", this.widest * camera.scale < SEEN_PX ? "hidden" : "visible");
    this.spots.draw();
    this.base?.draw();
    for (const [name, some] of Object.entries(this.placed)) some.draw(!this.hidden.has(name) && camera.closeness() >= (CLOSE[name] ?? 1.2));
    this.symbols.draw();
    camera.stands();
    afterPaint(() => stands(camera.box));
  }

  sign(one) {
    const { id, grade, place: name, rank, word } = one.properties;
    // One group is placed, nothing within it: every transformation is a piece of its own to the browser.
    return svg("g", { class: `symbol grade-${grade}${this.is(one) ? " chosen" : ""}`, "data-id": id },
      svg("title", {}, `${word} ${name}`), this.is(one) ? svg("circle", { class: "ring", r: 21 }) : null,
      svg("path", { d: CENTRED[grade] }),
      svg("text", { y: (MIDDLE[grade] - 12) * 0.9, "text-anchor": "middle", "dominant-baseline": "central" }, mark(grade)),
      rank < 3 ? svg("text", { class: "place", y: 27, "text-anchor": "middle" }, name) : null);
  }

  show(name, visible) {
    if (visible) this.hidden.delete(name);
    else this.hidden.add(name);
    for (const one of this.root.querySelectorAll(`.ground > .${name}, .fires > .${name}-areas`)) one.setAttribute("visibility", visible ? "visible" : "hidden");
    this.camera.soon();
  }

  /** Mark one fire: its outline and its sign, and the one that was marked before; nothing else is drawn anew. */
  choose(id) {
    const before = this.chosen;
    this.chosen = id;
    for (const one of [before, id]) this.prints?.get(one)?.classList.toggle("chosen", one === id);
    this.symbols.remake(this.now.symbols.filter((one) => [before, id].includes(one.properties.id)));
    this.camera.soon();
  }

  fit(box, { left = 0, right = 0 } = {}) { this.camera.fit(box, left, right); }

  zoom(step) { this.camera.zoom(2 ** step); }

  recolour() { /* style.css colours SVG by itself */ }
}

const lines = (name) => svg(APART.has(name) ? "g" : "path", { class: name });

const text = (name, words) => svg("text", { class: `name ${name}`, "text-anchor": "middle" }, words);

const mark24 = (name, one) => svg("path", { class: `mark ${name}`, d: MARK[name] }, svg("title", {}, String(one.properties.name ?? "")));

/** A lost source: its sign and its state above the place, where the sign of its alert does not cover them. */
const voiceless = (one) => svg("g", { class: "voiceless", "data-id": one.properties.id || null },
  svg("g", { transform: "translate(0 -36)" }, mark24("blind", one)), svg("text", { x: 12, y: -40, "text-anchor": "middle" }, one.properties.name));

/** Position in the ground's own units: degrees, the latitude stretched as Mercator does. */
const place = ([x, y]) => `${x.toFixed(5)} ${(-stretch(y)).toFixed(5)}`;

const written = new WeakMap();

/** What a geometry is as a path; written once, as the same outlines come again with every change of another. */
function path(geometry) {
  if (!written.has(geometry)) {
    written.set(geometry, geometry.type === "LineString" ? `M${geometry.coordinates.map(place).join("L")}`
      : rings(geometry).map((ring) => `M${ring.map(place).join("L")}Z`).join(""));
  }
  return written.get(geometry);
}

const outline = (features) => features.map(({ geometry }) => path(geometry)).join("");

// The map on MapLibre GL: everything from our own server, labels in the machine's own fonts.

import { GRADES, MIDDLE, SHAPE, mark } from "./grade.mjs";
import { LAYERS, MARK, labelPoints } from "./layers.mjs";
import { baseOf, pmtiles } from "./map-base.mjs";
import { GlSpots } from "./map-gl-spots.mjs";
import { colours, layersOf, style } from "./map-gl-style.mjs";
import { stands } from "./paint.mjs";
import { scale } from "./size.mjs";
import { isPicking, offer } from "./pick.mjs";
import { current, t } from "./text.mjs";

const SOURCES = ["footprints", "reaches", "heads", "ellipses", "kin", "sights", "cones", "further", "symbols", "symbol-names",
  "permits-areas", "city-names", "county-names", "chosen"];
const LIBRARY = new URL("vendor/maplibre-gl-6.17.0/", document.baseURI);
const maplibregl = await import(new URL("maplibre-gl.mjs", LIBRARY).href);
maplibregl.addProtocol("pmtiles", pmtiles);

const none = { type: "FeatureCollection", features: [] };
const reduced = matchMedia("(prefers-reduced-motion: reduce)");

export class GlMap {
  engine = "gl";
  left = 0;
  right = 0;

  /** `base` is what the server tells of the base map; `note(key)` says what is wrong with it. */
  static async create(box, select, base, note, drawnBy) {
    const sheet = document.createElement("link");
    Object.assign(sheet, { rel: "stylesheet", href: new URL("maplibre-gl.css", LIBRARY).href });
    document.head.prepend(sheet);
    const made = new GlMap(box, select);
    made.still = reduced.matches || drawnBy === "software"; // Without a card every frame of a movement is one too many.
    await new Promise((ready, failed) => {
      made.map.once("load", ready);
      made.map.once("error", ({ error }) => failed(error));
    });
    made.map.on("error", ({ error, sourceId }) => {
      if (sourceId === "base") note("base.lacking");
      else console.warn(`map: ${error?.message}`);
    });
    made.dress();
    await made.lay(base, note);
    return made;
  }

  constructor(box, select) {
    this.data = {};
    this.hidden = new Set(LAYERS.filter((one) => !one.shown).map((one) => one.name));
    this.map = new maplibregl.Map({
      container: box, style: style(colours()), attributionControl: false, dragRotate: false, pitchWithRotate: false,
      touchPitch: false, fadeDuration: 0, maxZoom: 15, minZoom: 2, renderWorldCopies: false,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.getCanvas().setAttribute("aria-label", t("map.label"));
    this.map.addControl(new maplibregl.ScaleControl({ unit: "metric", maxWidth: 140 }), "bottom-right");
    this.map.on("click", (happened) => {
      if (isPicking()) { offer(happened.lngLat.lng, happened.lngLat.lat); return; }
      const at = [[happened.point.x - 4, happened.point.y - 4], [happened.point.x + 4, happened.point.y + 4]];
      const hit = this.map.queryRenderedFeatures(at, { layers: ["symbols", "blind", "footprints"] }).find((one) => one.properties.id);
      if (hit) select(hit.properties.id);
    });
    this.map.on("idle", () => stands(box));
    this.map.on("mousemove", "symbols", () => { this.map.getCanvas().style.cursor = "pointer"; });
    this.map.on("mouseleave", "symbols", () => { this.map.getCanvas().style.cursor = ""; });
  }

  /** Put the base map under everything; without it, or where it cannot be read, our own ground stays. */
  async lay(base, note) {
    Object.assign(this, { base, note });
    try {
      const { sources, layers } = await baseOf(base, colours());
      const [above] = this.map.getStyle().layers.filter((one) => one.id !== "ground");
      for (const [name, source] of Object.entries(sources)) this.map.addSource(name, source);
      for (const layer of layers) this.map.addLayer(layer, above.id);
      if (layers.length) this.map.setPaintProperty("inside", "fill-opacity", 0);
    } catch (error) {
      note("base.unreadable");
      console.info(`base map: ${error.message}`);
    }
  }

  /** Images, sources and layers; done again after a change of colours. */
  dress() {
    const paint = colours();
    for (const grade of GRADES) this.image(`grade-${grade}`, SHAPE[grade], paint[grade], paint.ink, mark(grade), MIDDLE[grade]);
    for (const [name, path] of Object.entries(MARK)) this.image(name, path, paint[name], paint.land);
    for (const name of [...SOURCES, ...LAYERS.map((one) => one.name)]) this.map.addSource(name, { type: "geojson", data: this.data[name] ?? none });
    this.dots = new GlSpots(paint, Math.sqrt(scale()));
    if (this.spots) this.hotspots(this.spots);
    this.layers = layersOf(paint, scale());
    for (const layer of this.layers) this.map.addLayer(layer.type === "custom" ? this.dots : layer);
    for (const name of this.hidden) this.show(name, false);
  }

  /** One picture of an outline, 56 device pixels square at a desk, with a numeral where there is one. */
  image(name, path, fill, ink, numeral = "", middle = 12) {
    const size = Math.round(56 * scale());
    const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.scale(size / 28, size / 28);
    pen.translate(2, 2);
    Object.assign(pen, { fillStyle: fill, strokeStyle: ink, lineWidth: 1.4, lineJoin: "round" });
    const outline = new Path2D(path);
    pen.fill(outline, "evenodd");
    pen.stroke(outline);
    Object.assign(pen, { fillStyle: ink, font: "700 11px system-ui, sans-serif", textAlign: "center", textBaseline: "middle" });
    pen.fillText(numeral, 12, middle + 0.5);
    if (this.map.hasImage(name)) this.map.removeImage(name);
    this.map.addImage(name, pen.getImageData(0, 0, size, size), { pixelRatio: 2 });
  }

  /** Give a source its features: what was and stays empty is not told, as every telling costs the map a picture. */
  set(name, features) {
    const known = this.data[name]?.features ?? [];
    if (!features.length && !known.length) return;
    this.data[name] = { type: "FeatureCollection", features };
    this.map.getSource(name)?.setData(this.data[name]);
  }

  layer({ name }, collection) {
    this.set(name, collection.features);
    if (name === "city" || name === "county") this.set(`${name}-names`, labelPoints(collection));
  }

  picture(drawn) {
    for (const [name, features] of Object.entries(drawn)) this.set(name, features);
    this.set("symbol-names", drawn.symbols.filter((one) => one.properties.rank < 3));
    if (this.chosen) this.choose(this.chosen);
    this.map.getCanvas().setAttribute("aria-label", t("map.label"));
    this.map.getCanvas().lang = current();
  }

  hotspots(spots) {
    this.spots = spots;
    this.dots.take(spots);
  }

  show(name, visible) {
    if (visible) this.hidden.delete(name);
    else this.hidden.add(name);
    for (const layer of this.layers.filter((one) => [name, `${name}-names`, `${name}-areas`].includes(one.source))) {
      this.map.setLayoutProperty(layer.id, "visibility", visible ? "visible" : "none");
    }
  }

  /** Mark one fire by features of its own: a filter would have all signs and outlines cut into tiles anew. */
  choose(id) {
    this.chosen = id;
    const its = (name) => (this.data[name]?.features ?? []).filter((one) => id && one.properties.id === id);
    this.set("chosen", [...its("footprints"), ...its("symbols")]);
  }

  fit([w, s, e, n], { left = 0, right = 0, move = false } = {}) {
    // Slow without a graphics card, so only when the size has changed.
    const { clientWidth, clientHeight } = this.map.getCanvas();
    const box = this.map.getContainer();
    if (clientWidth !== box.clientWidth || clientHeight !== box.clientHeight) this.map.resize();
    this.right = right;
    const padding = { top: 14, bottom: 14, right: 14 + right, left: 14 + left };
    this.map.fitBounds([[w, s], [e, n]], { padding, maxZoom: 12, animate: move && !this.still, duration: 500 });
  }

  zoom(step) {
    const [{ clientWidth: width, clientHeight: height }, covered] = [this.map.getContainer(), this.right];
    const around = this.map.unproject([(width - covered) / 2, height / 2]);
    this.map.zoomTo(this.map.getZoom() + step, { animate: !this.still, duration: 200, around });
  }

  recolour() {
    this.map.setStyle(style(colours()), { diff: false });
    this.map.once("styledata", () => {
      this.dress();
      this.lay(this.base, this.note);
    });
  }
}

// The map on MapLibre GL: everything from our own server, labels in the machine's own fonts.

import * as maplibregl from "./vendor/maplibre-gl-6.17.0/maplibre-gl.mjs";
import { GRADES, MIDDLE, SHAPE, mark } from "./grade.mjs";
import { LAYERS, MARK, labelPoints } from "./layers.mjs";
import { baseOf, pmtiles } from "./map-base.mjs";
import { byAge, colours, layersOf, style } from "./map-gl-style.mjs";
import { scale } from "./size.mjs";
import { now } from "./time.mjs";
import { isPicking, offer } from "./pick.mjs";
import { current, t } from "./text.mjs";

/** Of hotspots closer than three pixels the newest is drawn, until one is near. */
const THINNED = { cluster: true, clusterRadius: 3, clusterMaxZoom: 11, clusterProperties: { at: ["max", ["get", "at"]] } };
const SOURCES = ["footprints", "reaches", "heads", "ellipses", "kin", "sights", "cones", "further", "symbols", "symbol-names",
  "permits-areas", "city-names", "county-names"];
maplibregl.addProtocol("pmtiles", pmtiles);

const none = { type: "FeatureCollection", features: [] };
const reduced = matchMedia("(prefers-reduced-motion: reduce)");

/** Whether the map is drawn without a graphics card: there every frame of a movement is one too many. */
function inSoftware() {
  const gl = document.createElement("canvas").getContext("webgl2");
  const told = gl?.getExtension("WEBGL_debug_renderer_info");
  const name = told ? gl.getParameter(told.UNMASKED_RENDERER_WEBGL) : "";
  gl?.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
}

const still = { matches: reduced.matches || inSoftware() };

export class GlMap {
  engine = "gl";
  left = 0;

  /** `base` is what the server tells of the base map; `note(key)` says what is wrong with it. */
  static async create(box, select, base, note) {
    const sheet = document.createElement("link");
    Object.assign(sheet, { rel: "stylesheet", href: new URL("./vendor/maplibre-gl-6.17.0/maplibre-gl.css", import.meta.url).href });
    document.head.prepend(sheet);
    const made = new GlMap(box, select);
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
      const hit = this.map.queryRenderedFeatures(at, { layers: ["symbols", "footprints"] }).find((one) => one.properties.id);
      if (hit) select(hit.properties.id);
    });
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
    this.map.addSource("hotspots", { type: "geojson", data: none, ...THINNED });
    this.drawn = null;
    if (this.spots) this.hotspots(this.spots);
    for (const layer of layersOf(paint, scale())) this.map.addLayer(layer);
    for (const { name } of LAYERS) this.show(name, !this.hidden.has(name));
    if (this.chosen !== undefined) this.choose(this.chosen);
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

  set(name, features) {
    this.data[name] = { type: "FeatureCollection", features };
    this.map.getSource(name)?.setData(this.data[name]);
  }

  layer({ name }, collection) {
    this.set(name, collection.features);
    if (name === "city" || name === "county") this.set(`${name}-names`, labelPoints(collection));
  }

  picture(drawn) {
    for (const [name, features] of Object.entries(drawn)) this.set(name, features);
    this.set("symbol-names", drawn.symbols);
    this.map.getCanvas().setAttribute("aria-label", t("map.label"));
    this.map.getCanvas().lang = current();
  }

  /** Only what is new goes to the map; ages move on by themselves. */
  hotspots(spots) {
    this.spots = spots;
    const source = this.map.getSource("hotspots");
    const from = this.drawn?.turn === spots.turn ? this.drawn.count : 0;
    const add = Array.from({ length: spots.length - from }, (_, i) => spots.feature(from + i));
    if (!from) source.setData({ type: "FeatureCollection", features: add });
    else if (add.length) source.updateData({ add });
    this.drawn = { turn: spots.turn, count: spots.length };
    const hour = Math.floor(now() / 6e5) / 6;
    if (hour !== this.hour || !from) this.map.setPaintProperty("hotspots", "circle-color", byAge(colours(), hour));
    this.hour = hour;
  }

  show(name, visible) {
    if (visible) this.hidden.delete(name);
    else this.hidden.add(name);
    for (const layer of this.map.getStyle().layers.filter((one) => [name, `${name}-names`, `${name}-areas`].includes(one.source))) {
      this.map.setLayoutProperty(layer.id, "visibility", visible ? "visible" : "none");
    }
  }

  choose(id) {
    this.chosen = id;
    this.map.setFilter("chosen", ["==", ["get", "id"], id ?? ""]);
    this.map.setFilter("chosen-ring", ["==", ["get", "id"], id ?? ""]);
  }

  fit([w, s, e, n], { left = 0, move = false } = {}) {
    // Slow without a graphics card, so only when the size has changed.
    const { clientWidth, clientHeight } = this.map.getCanvas();
    const box = this.map.getContainer();
    if (clientWidth !== box.clientWidth || clientHeight !== box.clientHeight) this.map.resize();
    const padding = { top: 14, bottom: 14, right: 14, left: 14 + left };
    this.map.fitBounds([[w, s], [e, n]], { padding, maxZoom: 12, animate: move && !still.matches, duration: 500 });
  }

  zoom(step) { this.map.zoomTo(this.map.getZoom() + step, { animate: !still.matches, duration: 200 }); }

  recolour() {
    this.map.setStyle(style(colours()), { diff: false });
    this.map.once("styledata", () => {
      this.dress();
      this.lay(this.base, this.note);
    });
  }
}

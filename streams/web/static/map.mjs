// Chooses the map: MapLibre GL where it and a graphics card are there, else our own SVG map; fills it and its legend.

import { blindLayer } from "./blind.mjs";
import { el, fill, say, svg } from "./dom.mjs";
import { GRADES, symbol } from "./grade.mjs";
import { graphics } from "./graphics.mjs";
import { LAYERS, MARK, bounds, isIllustrative, loadLayers } from "./layers.mjs";
import { AGE_HOURS, allowed, picture } from "./picture.mjs";
import { Reach } from "./reach.mjs";
import { current, number, t } from "./text.mjs";
import { now } from "./time.mjs";

const LINES = ["sights", "ellipses", "reaches", "heads", "kin", "permits"];
/** Layers that come with what is known of now. */
const NOW = ["permits", "blind"];
const SICHUAN = [97.3, 26.0, 108.6, 34.4];

/** The GL map where it, and a graphics card or what only it can draw, are there; `?map=gl` and `?map=svg` choose. */
async function make(box, select, { libraries, base } = {}, note = () => undefined) {
  const wanted = new URLSearchParams(location.search).get("map");
  const there = libraries?.some((one) => /^maplibre-gl-[\d.]+$/.test(one)) ?? true;
  const by = wanted === "svg" || !there ? "none" : graphics();
  if (by === "card" || (by === "software" && (wanted === "gl" || base?.kind === "pmtiles"))) {
    try {
      const { GlMap } = await import("./map-gl.mjs");
      return await GlMap.create(box, select, base, note, by);
    } catch (error) {
      console.warn(`map: ${error.message}`);
      fill(box);
    }
  }
  const { SvgMap } = await import("./map-svg.mjs");
  return new SvgMap(box, select, base, note);
}

export class MapView {
  constructor(store, select) {
    Object.assign(this, { store, select, collections: {}, box: document.getElementById("map") });
  }

  async start() {
    this.map = await make(this.box, this.select, this.store.about ?? {}, (key) => this.baseNote(key));
    this.box.dataset.engine = this.map.engine;
    this.map.fit(SICHUAN);
    this.reach = new Reach((features) => this.map.set("further", features));
    this.legend();
    document.getElementById("zoom-in").addEventListener("click", () => this.map.zoom(1));
    document.getElementById("zoom-out").addEventListener("click", () => this.map.zoom(-1));
    document.getElementById("zoom-home").addEventListener("click", () => this.home());
    matchMedia("(prefers-color-scheme: light)").addEventListener("change", () => this.map.recolour());
    this.drawNow();
    // Permits and lost sources are no layers of the region: they come with what is known of now.
    await loadLayers(this.store.about?.layers ?? [], (name, collection) => NOW.includes(name) || this.layer(name, collection));
    this.legend();
    this.home();
  }

  /** What is wrong with the base map, or in which datum it is drawn; our own layers are right all the same. */
  baseNote(key) {
    this.wrong ??= key;
    const datum = this.store.about?.base?.datum === "gcj02" ? "base.gcj02" : null;
    const words = [this.wrong, datum].filter(Boolean).map((one) => t(one));
    document.getElementById("base-note").hidden = !words.length;
    say(document.getElementById("base-note"), words.join(" "));
  }

  layer(name, collection) {
    this.collections[name] = collection;
    this.map.layer(LAYERS.find((one) => one.name === name), collection);
  }

  /** Permits to burn that are in force, where they are. */
  burning() {
    const { permits } = this.store;
    if (permits === this.known) return;
    this.known = permits;
    this.layer("permits", { type: "FeatureCollection", features: permits.map(({ properties }) => ({
      type: "Feature", properties: { name: properties.number ?? "" }, geometry: { type: "Point", coordinates: [properties.longitude, properties.latitude] },
    })) });
    this.map.set("permits-areas", allowed(permits));
    this.legend();
  }

  /** Sources that are lost, where they stand. */
  voiceless() {
    const of = [this.store.blind, current()];
    if (this.lost?.every((one, i) => one === of[i])) return;
    this.lost = of;
    this.layer("blind", blindLayer(this.store));
    this.legend();
  }

  /** The whole region in view. */
  home() {
    const features = ["province", "city", "county"].map((name) => this.collections[name]?.features ?? []).find((some) => some.length);
    this.map.fit(bounds(features ?? []) ?? bounds(picture(this.store).symbols) ?? SICHUAN);
  }

  /** Draw what the store holds; many changes at once are drawn once. */
  draw() {
    if (!this.map || this.waiting) return;
    this.waiting = setTimeout(() => this.drawNow(), 120);
  }

  /** What moves is drawn when something of it changed; every ten minutes in any case, as sights grow old. */
  drawNow() {
    clearTimeout(this.waiting);
    this.waiting = null;
    const { store } = this;
    const of = [store.turn, store.rings, store.spots.lines, current(), Math.floor(now() / 6e5)];
    if (!this.of?.every((one, i) => one === of[i])) this.map.picture(picture(store));
    this.of = of;
    this.map.hotspots(store.spots);
    this.burning();
    this.voiceless();
    this.box.dataset.drawn = store.refreshed ? "all" : "alerts";
    const note = document.getElementById("map-note");
    note.hidden = !this.map.left;
    say(note, this.map.left ? t("map.left_out", { n: number(this.map.left) }) : "");
  }

  /** Show where the alert is. */
  focus(alert) {
    const box = alert.footprint ? bounds([{ geometry: alert.footprint }]) : null;
    const reach = Math.max(0.06, alert.radius_m / 60000);
    const [w, s, e, n] = box ?? [alert.longitude, alert.latitude, alert.longitude, alert.latitude];
    this.map?.fit([w - reach, s - reach, e + reach, n + reach], { ...this.covered(), move: true });
    this.map?.choose(alert.alert_id);
    this.reach?.open(alert);
  }

  /** Pixels that the open legend takes from the left, the opened alert from the right; on a phone it lies below. */
  covered() {
    if (innerWidth <= 900) return { left: 0, right: 0 };
    const [legend, detail] = ["legend", "detail"].map((id) => document.getElementById(id));
    return { left: legend.open ? legend.offsetWidth : 0, right: detail.offsetWidth };
  }

  unfocus() {
    this.map?.choose(null);
    this.reach?.open(null);
  }

  /** What the signs mean, and switches for the layers. */
  legend() {
    if (!this.map) return;
    this.baseNote();
    this.shown ??= Object.fromEntries(LAYERS.map((one) => [one.name, one.shown]));
    const grades = GRADES.map((grade) => el("li", {}, symbol(grade), t(`grade.fire.${grade}`)));
    const ages = [...AGE_HOURS, null].map((hours, i) => el("li", {}, el("span", { class: `spot age-${i}`, "aria-hidden": "true" }),
      hours === null ? t("legend.older", { h: AGE_HOURS.at(-1) }) : t("legend.younger", { h: hours })));
    fill(document.getElementById("legend-grades"), grades);
    fill(document.getElementById("legend-lines"), LINES.map((name) => el("li", {}, el("span", { class: `stroke ${name}`, "aria-hidden": "true" }), t(`legend.line.${name}`))));
    fill(document.getElementById("legend-ages"), ages);
    const focused = document.activeElement?.dataset?.layer;
    fill(document.getElementById("legend-layers"), LAYERS.map((one) => this.toggle(one)));
    if (focused) document.querySelector(`[data-layer="${focused}"]`)?.focus();
    const illustrative = Object.entries(this.collections).some(([name, some]) => this.shown[name] && isIllustrative(some));
    document.getElementById("map-illustrative").hidden = !illustrative;
  }

  toggle({ name, shape }) {
    const some = this.collections[name];
    const box = el("input", { type: "checkbox", "data-layer": name, onchange: (happened) => this.show(name, happened.target.checked) });
    box.checked = this.shown[name];
    box.disabled = some !== undefined && some.features.length === 0;
    const mark = shape === "mark" ? svg("svg", { viewBox: "0 0 24 24", class: `mark ${name}`, "aria-hidden": "true" }, svg("path", { d: MARK[name] }))
      : el("span", { class: `swatch ${name}`, "aria-hidden": "true" });
    return el("li", {}, el("label", {}, box, mark, t(`layer.${name}`),
      some && isIllustrative(some) ? el("span", { class: "tag illustrative" }, t("tag.illustrative")) : null,
      box.disabled ? el("small", {}, t("legend.none")) : null));
  }

  show(name, visible) {
    this.shown[name] = visible;
    this.map.show(name, visible);
    this.legend();
  }
}

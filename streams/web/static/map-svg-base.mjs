// The base map under the SVG map: tiles as images, or the outlines of our own GeoJSON.

import { address, getJson } from "./api.mjs";
import { fill, svg } from "./dom.mjs";
import { stretch } from "./geometry.mjs";
import { rings } from "./layers.mjs";

const TILE_PX = 256;
const MOST_TILES = 120;

export class SvgBase {
  constructor(ground, camera, base, note) {
    Object.assign(this, { ground, camera, base, note, shown: new Map() });
    this.group = ground.querySelector(".base");
    if (base?.kind === "pmtiles") note("base.unreadable");
    if (base?.kind === "geojson") this.outlines().catch(() => note("base.unreadable"));
  }

  async outlines() {
    const { features } = await getJson("v1/base/file");
    const place = ([x, y]) => `${x.toFixed(5)} ${(-stretch(y)).toFixed(5)}`;
    const lines = features.flatMap(({ geometry }) => (geometry?.type === "LineString" ? [geometry.coordinates]
      : geometry?.type === "MultiLineString" ? geometry.coordinates : rings(geometry)));
    fill(this.group, svg("path", { d: lines.map((one) => `M${one.map(place).join("L")}`).join("") }));
  }

  /** Put the tiles in view in place; a tile is drawn in the ground's own units and moves with it. */
  draw() {
    if (this.base?.kind !== "tiles") return;
    this.ground.classList.add("based");
    const wanted = this.inView();
    for (const [key, image] of this.shown) {
      if (!wanted.has(key)) { image.remove(); this.shown.delete(key); }
    }
    for (const [key, [z, x, y]] of wanted) if (!this.shown.has(key)) this.add(key, z, x, y);
  }

  add(key, z, x, y) {
    const side = 360 / 2 ** z;
    const image = svg("image", { href: address(`v1/base/${key}`).href, x: x * side - 180, y: y * side - 180, width: side, height: side,
      onerror: () => this.note("base.lacking") });
    this.shown.set(key, image);
    this.group.append(image);
  }

  inView() {
    const { camera, base } = this;
    const [width, height] = camera.size;
    const z = Math.max(base.min_zoom, Math.min(base.max_zoom, Math.round(Math.log2((camera.scale * 360) / TILE_PX))));
    const [side, last] = [360 / 2 ** z, 2 ** z - 1];
    const index = (degrees) => Math.max(0, Math.min(last, Math.floor((degrees + 180) / side)));
    const [west, east] = [camera.x - width / 2 / camera.scale, camera.x + width / 2 / camera.scale].map(index);
    const [top, bottom] = [camera.y - height / 2 / camera.scale, camera.y + height / 2 / camera.scale].map(index);
    const found = new Map();
    for (let x = west; x <= east; x += 1) {
      for (let y = top; y <= bottom && found.size < MOST_TILES; y += 1) found.set(`${z}/${x}/${y}`, [z, x, y]);
    }
    return found;
  }
}

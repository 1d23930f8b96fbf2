// What lies under everything else on the GL map: tiles through our server, our own PMTiles, or GeoJSON of ours.

import { address } from "./api.mjs";

const WATER = /water|ocean|river|lake/;
const GREEN = /wood|forest|grass|park|landcover|landuse|natural/;
const GROUND = /earth|land$|background/;
const OWN = "base";
const url = (path) => address(path).href.replaceAll("%7B", "{").replaceAll("%7D", "}");

/** The sources and the layers, from the ground up, of the base map that the server tells of; none without one. */
export async function baseOf(base, paint) {
  if (!base) return { sources: {}, layers: [] };
  if (base.kind === "tiles") return raster({ tiles: [url("v1/base/{z}/{x}/{y}")], minzoom: base.min_zoom, maxzoom: base.max_zoom }, paint);
  if (base.kind === "geojson") return { sources: { [OWN]: { type: "geojson", data: url("v1/base/file") } }, layers: drawn("all", {}, paint) };
  return packed(paint);
}

/** One file of tiles: pictures as they are, shapes in the page's own colours, whatever its layers are called. */
async function packed(paint) {
  const { Protocol, PMTiles } = await reader();
  const file = new PMTiles(url("v1/base/file"));
  protocol ??= new Protocol();
  protocol.add(file);
  const [header, told] = await Promise.all([file.getHeader(), file.getMetadata()]);
  const source = { url: `pmtiles://${url("v1/base/file")}` };
  if (header.tileType !== 1) return raster(source, paint);
  if (!told.vector_layers?.length) throw new Error("the file does not say which layers of shapes it has");
  const layers = told.vector_layers.flatMap(({ id }) => drawn(id, { "source-layer": id }, paint));
  return { sources: { [OWN]: { type: "vector", ...source } }, layers: layers.sort((a, b) => a.metadata.at - b.metadata.at) };
}

let protocol = null;

/** What MapLibre asks for addresses of `pmtiles:`. */
export const pmtiles = (asked, given) => protocol.tile(asked, given);

/** The reader of PMTiles is a script of the old kind: it leaves its name behind. */
async function reader() {
  if (!globalThis.pmtiles) {
    const script = Object.assign(document.createElement("script"), { src: new URL("vendor/pmtiles-4.5.0/pmtiles.js", document.baseURI).href });
    await new Promise((ready, failed) => {
      script.addEventListener("load", ready);
      script.addEventListener("error", () => failed(new Error("no reader of PMTiles: make web")));
      document.head.append(script);
    });
  }
  return globalThis.pmtiles;
}

/** Pictures are dimmed at night: signs and hotspots must stay the brightest on the map. */
const raster = (source, paint) => ({
  sources: { [OWN]: { type: "raster", tileSize: 256, ...source } },
  layers: [{ id: "base-picture", type: "raster", source: OWN, paint: paint.night
    ? { "raster-brightness-max": 0.45, "raster-saturation": -0.5, "raster-fade-duration": 0 }
    : { "raster-saturation": -0.3, "raster-opacity": 0.85, "raster-fade-duration": 0 } }],
});

const shape = (name) => ["==", ["geometry-type"], name];

/** Areas, lines and names of one layer of shapes. */
function drawn(id, more, paint) {
  const water = WATER.test(id);
  const fill = water ? paint.water : GREEN.test(id) ? paint.stand : GROUND.test(id) ? paint.inside : paint.border;
  const one = (kind, at, rest) => ({ id: `base-${id}-${kind}`, type: kind, source: OWN, metadata: { at }, ...more, ...rest });
  return [
    one("fill", GROUND.test(id) ? 0 : 1, { filter: shape("Polygon"), paint: { "fill-color": fill, "fill-opacity": GROUND.test(id) ? 1 : water ? 0.5 : 0.08 } }),
    one("line", 2, { filter: shape("LineString"), paint: { "line-color": water ? paint.water : paint.border, "line-opacity": 0.5, "line-width": 0.8 } }),
    one("symbol", 3, { filter: ["all", shape("Point"), ["has", "name"]], minzoom: 7,
      layout: { "text-field": ["to-string", ["get", "name"]], "text-font": ["Noto Sans CJK SC", "sans-serif"], "text-size": 11, "text-max-width": 8 },
      paint: { "text-color": paint.label, "text-halo-color": paint.land, "text-halo-width": 1.2, "text-opacity": 0.75 } }),
  ];
}

// The layers of the region: which there are, from wide to narrow, and their features from our own server.

import { getJson } from "./api.mjs";

/** `shape`: how it is drawn; `shown`: whether it is on at first. The order is from the ground up. */
export const LAYERS = [
  { name: "province", shape: "border", shown: true },
  { name: "city", shape: "border", shown: true },
  { name: "county", shape: "border", shown: true },
  { name: "protected_areas", shape: "area", shown: true },
  { name: "stands", shape: "area", shown: true },
  { name: "static_sources", shape: "mark", shown: true },
  { name: "cameras", shape: "mark", shown: true },
  { name: "towers", shape: "mark", shown: true },
  { name: "sensors", shape: "mark", shown: false },
  { name: "settlements", shape: "mark", shown: false },
  { name: "facilities", shape: "mark", shown: false },
  { name: "permits", shape: "mark", shown: true },
  { name: "traps", shape: "mark", shown: false },
  { name: "blind", shape: "mark", shown: true },
];

/** Marks in a box of 24 × 24: static heat a chimney, a camera, a tower, a sensor, a house, a works, a permit to burn, a trap, a struck out eye. */
export const MARK = {
  static_sources: "M4 22V12l6 3v-3l6 3V2h4v20z",
  cameras: "M2 7h4l2-3h8l2 3h4v13H2z M12 9.5a4 4 0 1 0 .1 0z",
  towers: "M9 2h6v5h3v4h-3l3 11h-3l-3-9-3 9H6l3-11H6V7h3z",
  sensors: "M12 2 22 8v8l-10 6L2 16V8z M12 9a3 3 0 1 0 .1 0z",
  settlements: "M2 12 12 3l10 9h-3v9H5v-9z",
  facilities: "M2 22V10h6V4h8v6h6v12z M10 14h4v4h-4z",
  permits: "M12 1c1 5 7 7 7 13a7 7 0 0 1-14 0c0-4 3-5 3-9 3 1 4 3 4 5z M4 3h5v2H4z",
  traps: "M5 3h14l-3 8v10H8V11z",
  blind: "M1 12c3-5 6-7 11-7s8 2 11 7c-3 5-6 7-11 7s-8-2-11-7z M12 8a4 4 0 1 0 .1 0z M3 1 1 3l20 20 2-2z",
};

/** Fetch the layers that the server names; others are empty. Calls `ready(name, collection)` as each comes. */
export async function loadLayers(known, ready) {
  await Promise.all(LAYERS.map(async ({ name }) => {
    const collection = known.includes(name) ? await getJson(`v1/layers/${name}`).catch(() => null) : null;
    ready(name, { type: "FeatureCollection", features: collection?.features ?? [] });
  }));
}

/** Whether any feature was written by us for show. */
export const isIllustrative = (collection) => collection.features.some((one) => one.properties?.illustrative === true);

/** West, south, east, north of a geometry or of many features; null when there is nothing. */
export function bounds(features) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const one of features) {
    for (const [x, y] of positions(one.geometry)) {
      box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y);
    }
  }
  return box[0] <= box[2] ? box : null;
}

/** Every position of a geometry. */
export function* positions(geometry) {
  if (!geometry) return;
  if (geometry.type === "GeometryCollection") for (const one of geometry.geometries) yield* positions(one);
  else yield* flat(geometry.coordinates);
}

function* flat(values) {
  if (typeof values[0] === "number") yield values;
  else for (const one of values) yield* flat(one);
}

/** Rings (or lines) of a geometry as arrays of positions. */
export function rings(geometry) {
  if (!geometry) return [];
  if (geometry.type === "Polygon") return geometry.coordinates;
  if (geometry.type === "MultiPolygon") return geometry.coordinates.flat();
  if (geometry.type === "GeometryCollection") return geometry.geometries.flatMap(rings);
  return [];
}

/** One point a feature to write its name at: the middle of its largest ring. */
export function labelPoints(collection) {
  return collection.features.flatMap((one) => {
    const largest = rings(one.geometry).map(middle).sort((a, b) => b.area - a.area)[0];
    if (!largest) return [];
    const { name } = one.properties;
    return [{ type: "Feature", properties: { name }, geometry: { type: "Point", coordinates: largest.at } }];
  });
}

function middle(ring) {
  let [twice, x, y] = [0, 0, 0];
  const [ox, oy] = ring[0];
  for (let i = 1; i < ring.length; i += 1) {
    const [ax, ay, bx, by] = [ring[i - 1][0] - ox, ring[i - 1][1] - oy, ring[i][0] - ox, ring[i][1] - oy];
    const cross = ax * by - bx * ay;
    twice += cross; x += (ax + bx) * cross; y += (ay + by) * cross;
  }
  return twice === 0 ? { area: 0, at: ring[0] } : { area: Math.abs(twice), at: [ox + x / (3 * twice), oy + y / (3 * twice)] };
}

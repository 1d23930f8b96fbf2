// The look of the GL map; every colour comes from style.css, so that light and dark are decided in one place.

const NAMES = ["land", "inside", "border", "label", "ink", "reserve", "stand", "age-0", "age-1", "age-2", "age-3",
  "static_sources", "cameras", "towers", "sensors", "settlements", "facilities", "permits", "traps", "blind", "I", "II", "III", "IV", "task", "chosen", "water"];
const FONT = ["Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "sans-serif"];

/** The colours in force, by name. */
export function colours() {
  const sheet = getComputedStyle(document.documentElement);
  const night = !matchMedia("(prefers-color-scheme: light)").matches;
  return { night, ...Object.fromEntries(NAMES.map((name) => [name, sheet.getPropertyValue(`--map-${name}`).trim()])) };
}

/** The empty ground. */
export const style = (paint) => ({
  version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: { "background-color": paint.land } }],
});

const byGrade = (paint) => ["match", ["get", "grade"], "I", paint.I, "II", paint.II, "III", paint.III, "IV", paint.IV, paint.task];

const border = (id, paint, width, opacity, minzoom = 0) => ({
  id, type: "line", source: id, minzoom, layout: { "line-join": "round" },
  paint: { "line-color": paint.border, "line-width": width, "line-opacity": opacity },
});

const names = (source, paint, size, minzoom) => ({
  id: `${source}-text`, type: "symbol", source, minzoom,
  layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": size, "text-padding": 6, "text-max-width": 8 },
  paint: { "text-color": paint.label, "text-halo-color": paint.land, "text-halo-width": 1.4 },
});

const area = (id, colour, dash) => [
  { id: `${id}-fill`, type: "fill", source: id, paint: { "fill-color": colour, "fill-opacity": 0.16, "fill-antialias": false } },
  { id: `${id}-line`, type: "line", source: id, paint: { "line-color": colour, "line-width": 1.3, "line-dasharray": dash } },
];

const marks = (id, minzoom, size) => ({
  id, type: "symbol", source: id, minzoom, layout: { "icon-image": id, "icon-size": size, "icon-allow-overlap": true },
});

/** Every layer above the ground (areas without soft edges: a line goes along them), in drawing order; letters and rings `k` times as large as at a desk. */
export const layersOf = (paint, k = 1) => [
  { id: "inside", type: "fill", source: "province", paint: { "fill-color": paint.inside, "fill-antialias": false } },
  ...area("stands", paint.stand, [1, 1.5]),
  ...area("protected_areas", paint.reserve, [4, 2]),
  border("county", paint, ["interpolate", ["linear"], ["zoom"], 5, 0.4, 9, 1.1], 0.55),
  border("city", paint, 1.2, 0.8),
  border("province", paint, 2.2, 1),
  names("county-names", paint, 12 * Math.sqrt(k), 7.2),
  names("city-names", paint, 13.5 * Math.sqrt(k), 4.6),
  marks("static_sources", 5, 0.5),
  marks("cameras", 6, 0.5),
  ...area("permits-areas", paint.permits, [2, 1]),
  ...["towers", "sensors", "settlements", "facilities", "permits", "traps"].map((name) => marks(name, 6, 0.5)),
  { id: "hotspots", type: "custom" },
  { id: "cones", type: "fill", source: "cones",
    paint: { "fill-color": paint.cameras, "fill-opacity": ["case", ["get", "fresh"], 0.16, 0.05] } },
  { id: "sights", type: "line", source: "sights",
    paint: { "line-color": paint.cameras, "line-width": ["case", ["get", "fresh"], 2, 1], "line-opacity": ["case", ["get", "fresh"], 0.9, 0.5] } },
  { id: "further-fill", type: "fill", source: "further", filter: ["==", ["get", "what"], "likely"],
    paint: { "fill-color": paint.chosen, "fill-opacity": 0.1, "fill-antialias": false } },
  { id: "further-line", type: "line", source: "further", filter: ["==", ["get", "what"], "likely"],
    paint: { "line-color": paint.chosen, "line-width": 2 } },
  { id: "further-outermost", type: "line", source: "further", filter: ["==", ["get", "what"], "outermost"],
    paint: { "line-color": paint.chosen, "line-width": 1.4, "line-dasharray": [3, 2] } },
  { id: "ellipses", type: "line", source: "ellipses",
    paint: { "line-color": byGrade(paint), "line-width": 1.2, "line-dasharray": [1, 2] } },
  { id: "kin", type: "line", source: "kin",
    paint: { "line-color": paint.chosen, "line-width": 1.6, "line-dasharray": [0.5, 2] }, layout: { "line-cap": "round" } },
  { id: "reaches", type: "line", source: "reaches",
    paint: { "line-color": byGrade(paint), "line-width": 1.6, "line-dasharray": [2, 2] } },
  { id: "heads", type: "line", source: "heads", layout: { "line-cap": "round" },
    paint: { "line-color": paint.chosen, "line-width": 3 } },
  { id: "footprints", type: "fill", source: "footprints",
    paint: { "fill-color": byGrade(paint), "fill-opacity": ["case", ["get", "told"], 0.18, 0.05], "fill-antialias": false } },
  { id: "footprint-lines", type: "line", source: "footprints",
    paint: { "line-color": byGrade(paint), "line-width": ["case", ["get", "told"], 1.8, 0.8] } },
  { id: "chosen", type: "line", source: "chosen", filter: ["!=", ["geometry-type"], "Point"],
    paint: { "line-color": paint.chosen, "line-width": 2 } },
  { id: "chosen-ring", type: "circle", source: "chosen", filter: ["==", ["geometry-type"], "Point"],
    paint: { "circle-radius": 21 * k, "circle-color": "rgba(0,0,0,0)", "circle-stroke-color": paint.chosen, "circle-stroke-width": 2.5 } },
  {
    id: "symbols", type: "symbol", source: "symbols",
    layout: {
      "icon-image": ["concat", "grade-", ["get", "grade"]], "icon-allow-overlap": true, "icon-ignore-placement": true,
      "icon-size": ["match", ["get", "grade"], "task", 0.75, 1.05], "symbol-sort-key": ["-", 10, ["get", "rank"]],
    },
  },
  // Above its place: the sign of its alert would cover it.
  { id: "blind", type: "symbol", source: "blind", layout: { "icon-image": "blind", "icon-size": 0.6, "icon-offset": [0, -36], "icon-allow-overlap": true } },
  { id: "blind-words", type: "symbol", source: "blind",
    layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 12 * k, "text-max-width": 14, "text-offset": [0, -2.6], "text-anchor": "bottom" },
    paint: { "text-color": paint.blind, "text-halo-color": paint.land, "text-halo-width": 1.8 } },
  {
    // A source of its own: signs do not wait until letters have been drawn.
    id: "symbol-names", type: "symbol", source: "symbol-names", filter: ["<", ["get", "rank"], 3],
    layout: {
      "text-field": ["get", "place"], "text-font": FONT, "text-size": 13.5 * k, "text-max-width": 12,
      "text-offset": [0, 1.3], "text-anchor": "top", "symbol-sort-key": ["get", "rank"],
    },
    paint: { "text-color": paint.label, "text-halo-color": paint.land, "text-halo-width": 1.8 },
  },
];

// The moving part of the map as features: footprints, signs, error ellipses, lines of sight, reach. Both maps draw from this.

import { destination, ellipse, sector } from "./geometry.mjs";
import { gradeWord, inOrder, isLive, rank, shortPlace } from "./grade.mjs";
import { now } from "./time.mjs";

/** Upper ends of the age classes of hotspots, hours; older ones are the last class. */
export const AGE_HOURS = [3, 12, 24];

/** A line of sight is drawn as long, hours; older ones tell nothing of where to look now. */
const LINE_HOURS = 12;

/** So many ellipses are drawn, those of the gravest. */
const MOST_ELLIPSES = 300;

const feature = (geometry, properties) => ({ type: "Feature", geometry, properties });
const line = (...coordinates) => ({ type: "LineString", coordinates });
const at = (one) => [one.longitude, one.latitude];

/** Everything that moves but the hotspots, by source, each a list of features, the worst grade last so that it lies on top. */
export function picture(store) {
  const alerts = inOrder(store.alerts.values()).filter(isLive).reverse();
  const told = new Set(alerts.flatMap((one) => [one.incident_id, one.alert_id, ...(one.lineage ?? [])]));
  const open = [...store.incidents.values()].filter((one) => one.status === "open" && !told.has(one.incident_id));
  const graded = alerts.filter((one) => one.grade !== "task");
  return {
    footprints: [
      ...open.map((one) => feature(one.footprint, { id: "", grade: one.grade, told: false })),
      ...alerts.map((one) => feature(one.footprint, { id: one.alert_id, grade: one.grade, told: true })),
    ].filter((one) => one.geometry),
    // Where it may be within the hour, and from its middle towards the head.
    reaches: [...alerts.filter((one) => one.reach_1h).map((one) => feature(one.reach_1h, { grade: one.grade })), ...(store.rings ?? [])],
    heads: alerts.filter((one) => one.shape?.head).map((one) => feature(line(at(one), at(one.shape.head)), { grade: one.grade })),
    ellipses: graded.slice(-MOST_ELLIPSES).map(errorOf).filter(Boolean),
    kin: alerts.flatMap((one) => kin(one, store)),
    ...sights(store.spots.lines),
    symbols: alerts.map((one) => feature(
      { type: "Point", coordinates: at(one) },
      { id: one.alert_id, grade: one.grade, rank: rank(one.grade), place: shortPlace(one), word: gradeWord(one) },
    )),
  };
}

/** Two standard errors of where it burns: its ellipse where its pixels or bearings tell one, else a circle. */
function errorOf(alert) {
  const { ellipse: told } = alert.shape ?? {};
  const shape = told ? [2 * told.semi_major_m, 2 * told.semi_minor_m, told.azimuth_deg] : [alert.radius_m];
  return shape[0] > 0 ? feature(ellipse(at(alert), ...shape), { id: alert.alert_id, grade: alert.grade }) : null;
}

/** From a fire to the one that sparks of it lit. */
function kin(alert, store) {
  const parent = alert.parent && (store.incidents.get(alert.parent) ?? store.alerts.get(alert.parent));
  return parent ? [feature(line(at(parent), at(alert)), { sure: alert.relation === "spotting" })] : [];
}

/** Lines and cones of sight of what cameras and towers saw lately; of one station and direction the newest. */
function sights(lines) {
  const seen = new Map();
  for (const one of lines) {
    const age = now() / 3.6e6 - one.observed_at / 3600;
    const key = `${one.source} ${one.azimuth_deg.toFixed(0)}`;
    if (age < LINE_HOURS && !seen.has(key)) seen.set(key, { ...one, fresh: age < AGE_HOURS[0] });
  }
  const all = [...seen.values()];
  return {
    sights: all.map((one) => feature(line(at(one), destination(at(one), one.azimuth_deg, one.far_m)), { fresh: one.fresh, name: one.source })),
    cones: all.map((one) => feature(sector(at(one), one.azimuth_deg, one.half_angle_deg, one.near_m, one.far_m), { fresh: one.fresh })),
  };
}

/** Permits to burn as outlines: the area told, or a circle of the radius told. */
export const allowed = (permits) => permits.flatMap(({ geometry, properties }) => {
  const outline = geometry?.type === "Point" ? properties.radius_m > 0 && ellipse(geometry.coordinates, properties.radius_m) : geometry;
  return outline ? [feature(outline, { name: properties.number ?? "" })] : [];
});

// The moving part of the map as features: footprints, grade symbols, hotspots by age. Both maps draw from this.

import { gradeWord, isLive, order, rank, shortPlace } from "./grade.mjs";
import { ageMinutes } from "./time.mjs";

/** Upper ends of the age classes of hotspots, hours; older ones are the last class. */
export const AGE_HOURS = [3, 12, 24];

/** 0 for the newest class … 3 for the oldest. */
export function ageClass(at) {
  const hours = ageMinutes(at) / 60;
  const found = AGE_HOURS.findIndex((limit) => hours < limit);
  return found < 0 ? AGE_HOURS.length : found;
}

const feature = (geometry, properties) => ({ type: "Feature", geometry, properties });

/** `{footprints, reaches, heads, symbols, hotspots}`, each a list of features, the worst grade last so that it lies on top. */
export function picture(store) {
  const alerts = [...store.alerts.values()].filter(isLive).sort(order).reverse();
  const told = new Set(alerts.flatMap((one) => [one.incident_id, one.alert_id, ...(one.lineage ?? [])]));
  const open = [...store.incidents.values()].filter((one) => one.status === "open" && !told.has(one.incident_id));
  return {
    footprints: [
      ...open.map((one) => feature(one.footprint, { id: "", grade: one.grade, told: false })),
      ...alerts.map((one) => feature(one.footprint, { id: one.alert_id, grade: one.grade, told: true })),
    ].filter((one) => one.geometry),
    // Where it may be within the hour, and from its middle towards the head.
    reaches: alerts.filter((one) => one.reach_1h).map((one) => feature(one.reach_1h, { grade: one.grade })),
    heads: alerts.filter((one) => one.shape?.head).map((one) => feature(
      { type: "LineString", coordinates: [[one.longitude, one.latitude], [one.shape.head.longitude, one.shape.head.latitude]] }, { grade: one.grade },
    )),
    symbols: alerts.map((one) => feature(
      { type: "Point", coordinates: [one.longitude, one.latitude] },
      { id: one.alert_id, grade: one.grade, rank: rank(one.grade), place: shortPlace(one), word: gradeWord(one) },
    )),
    hotspots: [...store.detections.values()]
      .filter((one) => one.geometry?.type === "Point")
      .map((one) => feature(one.geometry, { age: ageClass(one.properties.observed_at) })),
  };
}

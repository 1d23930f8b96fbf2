// A grade is always colour, shape and word together; the shapes are drawn once here for list, legend and both maps.

import { svg } from "./dom.mjs";
import { current, has, t } from "./text.mjs";
import { now } from "./time.mjs";

const ENDED = new Set(["cancel", "expire", "close"]);
export const GRADES = ["I", "II", "III", "IV", "task"];
/** What stands inside a symbol. */
export const mark = (grade) => t(`grade.mark.${grade}`);

/** Corners about the middle, in a box of 24 × 24: octagon, triangle, diamond, square; a task is a circle. */
const CORNERS = {
  I: [[-4, -10], [4, -10], [10, -4], [10, 4], [4, 10], [-4, 10], [-10, 4], [-10, -4]],
  II: [[0, -10.5], [11, 9.5], [-11, 9.5]],
  III: [[0, -11], [11, 0], [0, 11], [-11, 0]],
  IV: [[-9, -9], [9, -9], [9, 9], [-9, 9]],
};
const RADIUS = 10;

/** The outline of a grade about a middle, `times` as large as in its box. */
export function shape(grade, times, middle) {
  const at = (one) => middle + one * times;
  const r = RADIUS * times;
  if (grade === "task") return `M${middle} ${at(-RADIUS)}a${r} ${r} 0 1 1 0 ${2 * r} ${r} ${r} 0 1 1 0 ${-2 * r}z`;
  return `M${CORNERS[grade].map((corner) => corner.map(at).join(" ")).join("L")}z`;
}

/** Outlines in a box of 24 × 24. */
export const SHAPE = Object.fromEntries(GRADES.map((grade) => [grade, shape(grade, 1, 12)]));

/** Where the numeral's middle stands (a triangle's is lower). */
export const MIDDLE = { I: 12, II: 15, III: 12, IV: 12, task: 12 };

/** 0 for grade I … 4 for a task. */
export const rank = (grade) => GRADES.indexOf(grade);

/** Denied by the county alone: city and province still have to look, as long as the alert would have been valid. */
const waitsAbove = (alert) => alert.action === "cancel" && alert.feedback?.ruling === "no_fire"
  && alert.feedback.state === "county" && Date.parse(alert.expires_at) > now();

/** Whether people should still look at it. */
export const isLive = (alert) => !ENDED.has(alert.action) || waitsAbove(alert);

/** 火情Ⅰ级（系统研判）, 核查任务, and the words of other kinds. */
export function gradeWord(alert) {
  const key = `grade.${alert.kind ?? "fire"}.${alert.grade}`;
  return has(key) ? t(key) : t(`grade.fire.${alert.grade}`);
}

/** Worst first; within a grade the newest evidence first. */
export function inOrder(alerts) {
  // The instants are read once each, not at every comparison.
  const keyed = [...alerts].map((one) => ({ one, rank: rank(one.grade), at: Date.parse(one.observed_at) }));
  keyed.sort((a, b) => a.rank - b.rank || b.at - a.at || (a.one.alert_id < b.one.alert_id ? -1 : 1));
  return keyed.map(({ one }) => one);
}

/** The symbol of a grade, with its numeral; a picture only, the word stands beside it. */
export function symbol(grade, { ended = false } = {}) {
  return svg(
    "svg", { viewBox: "0 0 24 24", class: `symbol grade-${grade}${ended ? " ended" : ""}`, "aria-hidden": "true" },
    svg("path", { d: SHAPE[grade] }),
    svg("text", { x: 12, y: MIDDLE[grade], "text-anchor": "middle", "dominant-baseline": "central" }, mark(grade)),
  );
}

const LEVELS = ["province", "city", "county", "township", "village"];
const chains = new WeakMap();

/** Where it is, from wide to narrow: `{level, name}`; where the level is not sure, every candidate is named. */
function chain(alert) {
  const { language, told } = chains.get(alert) ?? {};
  if (language === current()) return told;
  chains.set(alert, { language: current(), told: named(alert) });
  return chains.get(alert).told;
}

function named(alert) {
  const places = (alert.places ?? []).filter((one) => one.relation !== "near");
  return LEVELS.map((level) => {
    const here = places.filter((one) => one.layer === level);
    const sure = here.filter((one) => one.relation === "inside");
    const names = new Set((sure.length ? sure : here).map((one) => one.name));
    return { level, name: [...names].slice(0, 3).join(t("place.or")) };
  }).filter((one) => one.name);
}

/** The whole chain of names. */
export const placeChain = (alert) => chain(alert).map((one) => one.name);

/** County and narrower, else what there is, else the position. */
export function shortPlace(alert) {
  const all = chain(alert);
  const narrow = all.filter((one) => LEVELS.indexOf(one.level) >= 2);
  const names = (narrow.length ? narrow : all.slice(-1)).map((one) => one.name).join(" ");
  return names || `${alert.longitude.toFixed(3)}, ${alert.latitude.toFixed(3)}`;
}

/** What is wider than the short place, the province left out where there is a city. */
export function widePlace(alert) {
  const wide = chain(alert).filter((one) => LEVELS.indexOf(one.level) < 2).map((one) => one.name);
  return wide.at(-1) ?? "";
}

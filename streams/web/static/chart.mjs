// Charts as SVG of our own: counts of a trap beside what was expected of them, the year of a pest. Colour, shape and word say the same.

import { svg } from "./dom.mjs";
import { number, t } from "./text.mjs";

const WIDE = 420;
const TALL = 190;
const LEFT = 34;
const RIGHT = 8;
const TOP = 12;
const BOTTOM = 24;
const DAY_MS = 86400000;

/** A step of 1, 2 or 5 that cuts `most` into at most four. */
function nice(most) {
  const rough = Math.max(most, 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  return Math.max(1, [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough));
}

/** Frame with both axes; `x` and `y` place a value. */
function frame(from, to, most, label) {
  const step = nice(most), top = Math.ceil(most / step) * step || step;
  const x = (at) => LEFT + ((at - from) / Math.max(to - from, 1)) * (WIDE - LEFT - RIGHT);
  const y = (value) => TALL - BOTTOM - (Math.min(value, top) / top) * (TALL - TOP - BOTTOM);
  const rows = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step);
  const root = svg("svg", { viewBox: `0 0 ${WIDE} ${TALL}`, class: "chart", role: "img", "aria-label": label },
    rows.map((value) => [svg("path", { class: "rule", d: `M${LEFT} ${y(value)}H${WIDE - RIGHT}` }),
      svg("text", { x: LEFT - 5, y: y(value) + 4, "text-anchor": "end" }, number(value, 0))]).flat(),
    months(from, to, x));
  return { root, x, y };
}

/** The months between two instants, named where there is room. */
function months(from, to, x, tall = TALL) {
  const first = new Date(from), nodes = [];
  const many = (to - from) / DAY_MS > 200 ? 2 : 1;
  for (let i = 0; i < 40; i += 1) {
    const at = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + i, 1);
    if (at > to) break;
    if (at < from) continue;
    const month = new Date(at).getUTCMonth() + 1;
    nodes.push(svg("path", { class: "tick", d: `M${x(at)} ${tall - BOTTOM}v4` }));
    if ((month - 1) % many === 0 && x(at) < WIDE - 26) nodes.push(svg("text", { x: x(at) + 2, y: tall - 7 }, t(`pests.month.${month}`)));
  }
  return nodes;
}

const joined = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

/** Runs of weeks that have a value, so that a gap stays a gap. */
function runs(weeks, has) {
  const found = [[]];
  for (const one of weeks) {
    if (has(one)) found.at(-1).push(one);
    else if (found.at(-1).length) found.push([]);
  }
  return found.filter((one) => one.length);
}

/** What a week is: its mark on the chart, its word in the table. */
export function kind(week) {
  if (week.state === "unread") return "unread";
  if (week.judged === "sign") return "sign";
  if (week.is_over) return "over";
  return week.state === "at_least" ? "at_least" : "read";
}

const MARKS = {
  read: "M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z",
  at_least: "M0-5 4.5 3h-9z",
  over: "M0-5.5 5.5 0 0 5.5-5.5 0z",
  sign: "M0-6 6 0 0 6-6 0z M0-9a9 9 0 1 0 .1 0z",
  unread: "M-3-3 3 3M3-3-3 3",
};

/** The mark of a kind of week, for the legend. */
export const markOf = (name) => svg("svg", { viewBox: "-10 -10 20 20", class: `week ${name}`, "aria-hidden": "true" }, svg("path", { d: MARKS[name] }));

/** The weeks of one trap: band, mean, threshold, and what was caught. */
export function weeksChart(weeks, label) {
  const at = (one) => Date.parse(one.begins_at) + 3.5 * DAY_MS;
  const most = Math.max(4, ...weeks.map((one) => Math.max(one.catch ?? 0, one.limit ?? 0)));
  const { root, x, y } = frame(at(weeks[0]) - 4 * DAY_MS, at(weeks.at(-1)) + 4 * DAY_MS, most, label);
  const line = (name) => runs(weeks, (one) => one[name] !== null).map((run) => joined(run.map((one) => [x(at(one)), y(one[name])]))).join("");
  const band = runs(weeks, (one) => one.low !== null && one.high !== null).map((run) => `${joined([
    ...run.map((one) => [x(at(one)), y(one.high)]), ...run.toReversed().map((one) => [x(at(one)), y(one.low)])])}Z`).join("");
  root.append(svg("path", { class: "band", d: band }), svg("path", { class: "mean", d: line("mean") }), svg("path", { class: "limit", d: line("limit") }),
    ...weeks.map((one) => svg("g", { class: `week ${kind(one)}`, transform: `translate(${x(at(one)).toFixed(1)} ${y(one.catch ?? 0).toFixed(1)})` },
      svg("path", { d: MARKS[kind(one)] }))));
  return root;
}

/** Warmth since the biofix with the stages of the model, today and the next date. */
export function warmthChart(season, label) {
  const { curve, model } = season;
  const first = Date.parse(curve.first_day), today = Date.parse(season.today), next = season.next?.on ? Date.parse(season.next.on) : null;
  const last = Math.max(today, next ?? 0, first + 120 * DAY_MS) + 10 * DAY_MS;
  const most = Math.max(...model.stages.map((one) => one.degree_days), ...curve.total) * 1.05;
  const { root, x, y } = frame(first, last, most, label);
  root.append(
    ...model.stages.map((one) => svg("path", { class: "stage", d: `M${LEFT} ${y(one.degree_days)}H${WIDE - RIGHT}` })),
    ...model.stages.map((one) => svg("text", { class: "stage-name", x: LEFT + 6, y: y(one.degree_days) - 4 },
      `${number(one.degree_days, 0)} · ${t(`pests.stage.${one.code}`)}`)),
    svg("path", { class: "warmth", d: joined(curve.total.map((value, i) => [x(first + i * DAY_MS), y(value)])) }),
    ...days(today, next, x));
  return root;
}

/** The windows of the calendar about today, for a pest without a curve. */
export function windowChart(season, label) {
  const today = Date.parse(season.today), next = season.next?.on ? Date.parse(season.next.on) : null;
  const from = today - 120 * DAY_MS, to = today + 240 * DAY_MS;
  const x = (at) => LEFT + ((Math.min(Math.max(at, from), to) - from) / (to - from)) * (WIDE - LEFT - RIGHT);
  const shown = season.windows.filter((one) => Date.parse(one.ends) >= from && Date.parse(one.begins) <= to);
  const tall = 42 + shown.length * 32 + BOTTOM;
  return svg("svg", { viewBox: `0 0 ${WIDE} ${tall}`, class: "chart", role: "img", "aria-label": label }, months(from, to, x, tall),
    days(today, next, x, tall), shown.map((one, i) => {
      const [a, b, row] = [x(Date.parse(one.begins)), x(Date.parse(one.ends) + DAY_MS), 54 + i * 32];
      return svg("g", { class: "window" }, svg("rect", { x: a, y: row + 5, width: Math.max(b - a, 3), height: 9, rx: 2 }),
        svg("text", { x: Math.min(a, WIDE - 190), y: row }, t(`todo.${one.code}`)));
    }));
}

/** Today as a full line, the next date as a broken one; on the same day the first says both. */
function days(today, next, x, tall = TALL) {
  const mark = (at, name) => [svg("path", { class: name, d: `M${x(at)} ${TOP}V${tall - BOTTOM}` }),
    svg("text", { class: `${name}-name`, x: Math.min(x(at) + 3, WIDE - 56), y: name === "today" ? TOP : TOP + 13 }, t(`pests.${name}`))];
  return [...mark(today, "today"), ...(next === null || next === today ? [] : mark(next, "next"))];
}

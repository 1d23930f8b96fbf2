// The pest part of an opened outbreak: its traps beside what was expected, its finds, the season, the rings about it.

import { getJson } from "./api.mjs";
import { kind, markOf, warmthChart, weeksChart, windowChart } from "./chart.mjs";
import { el, fill } from "./dom.mjs";
import { choice } from "./form.mjs";
import { current, has, isKnown, number, t } from "./text.mjs";
import { dateTime } from "./time.mjs";

const KINDS = ["read", "at_least", "over", "sign", "unread"];
const day = (at) => dateTime(at).slice(0, 10);
const part = (key, ...content) => el("section", { class: "pest-part" }, el("h3", {}, t(key)), ...content);
const table = (heads, rows, caption) => el("div", { class: "wide-table", tabindex: "0", role: "group", "aria-label": caption },
  el("table", {}, el("caption", { class: "unseen" }, caption), el("thead", {}, el("tr", {}, heads.map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map((text) => el("td", {}, text)))))));

/** The weeks of one trap with legend and, folded, as a table. */
export function weeksOf(trap, told) {
  const weeks = trap.weeks;
  if (!weeks.length) return el("p", { class: "quiet" }, t("pests.no_weeks"));
  const counts = Object.fromEntries(KINDS.map((name) => [name, weeks.filter((one) => kind(one) === name).length]));
  const label = t("pests.chart", { trap: trap.name || trap.source, n: weeks.length, over: counts.over + counts.sign, unread: counts.unread });
  const rows = weeks.toReversed().map((one) => [day(one.begins_at), one.state === "unread" ? "—" : `${one.state === "at_least" ? "≥ " : ""}${number(one.catch, 0)}`,
    isKnown(one.mean) ? number(one.mean) : t("value.unknown"), isKnown(one.limit) ? number(one.limit, 0) : t("value.unknown"), wordOf(one)]);
  return el("div", { class: "weeks" }, weeksChart(weeks, label),
    el("ul", { class: "chart-legend" }, KINDS.filter((name) => counts[name]).map((name) => el("li", {}, markOf(name), t(`pests.kind.${name}`), ` ${counts[name]}`)),
      el("li", {}, el("span", { class: "key band", "aria-hidden": "true" }), t("pests.band", { share: number(told.band * 100, 0) })),
      el("li", {}, el("span", { class: "key mean", "aria-hidden": "true" }), t("pests.mean")),
      el("li", {}, el("span", { class: "key limit", "aria-hidden": "true" }), t("pests.limit", { alpha: number(told.alpha * 100) }))),
    el("p", { class: "quiet" }, t(`pests.method.${weeks.at(-1).method}`)),
    el("details", {}, el("summary", {}, t("pests.as_table")),
      table(["pests.week", "pests.catch", "pests.mean", "pests.threshold", "pests.state"].map((key) => t(key)), rows, label)));
}

/** What a week is in words: unread for which reason, or what the judge made of it. */
function wordOf(week) {
  if (week.state === "unread") return has(`pests.status.${week.status}`) ? `${t("pests.kind.unread")}${t("figure.colon")}${t(`pests.status.${week.status}`)}` : t("pests.kind.unread");
  const notes = (week.notes ?? []).filter((code) => has(`pests.note.${code}`)).map((code) => t(`pests.note.${code}`));
  const said = [t(`pests.kind.${kind(week)}`), ...notes].join(" · ");
  return week.judged && week.judged !== "sign" && has(`reason.${week.judged}`) && kind(week) === "over" ? `${said} (${week.judged})` : said;
}

/** What is due next, on what that rests, and the curve or the calendar. */
export function seasonOf(season, pest) {
  const due = pest?.next_action && pest.next_action_at ? { code: pest.next_action, on: day(pest.next_action_at), basis: pest.season_basis }
    : season.next && { ...season.next, basis: season.basis };
  if (!due && !season.windows.length) return el("p", { class: "quiet" }, t("pests.no_season"));
  const shown = due ? { ...season, next: due } : season;
  const label = due ? t("pests.season_chart", { today: season.today, on: due.on ?? t("value.unknown"), todo: t(`todo.${due.code}`) }) : t("pests.no_season");
  const opened = season.windows.find((one) => one.begins <= season.today && season.today <= one.ends);
  return el("div", { class: "season" },
    due ? el("p", { class: "due" }, el("strong", {}, due.on && due.on > season.today ? t("pests.due_on", { on: due.on }) : t("pests.due_now")), ` ${t(`todo.${due.code}`)}`) : null,
    due ? el("p", { class: "quiet" }, [has(`season.${due.basis}`) ? t(`season.${due.basis}`) : "", opened ? t("pests.open_until", { on: opened.ends }) : ""].filter(Boolean).join(" · ")) : null,
    season.curve ? warmthChart(shown, label) : null, season.windows.length ? windowChart(shown, label) : null,
    season.curve ? el("p", { class: "quiet" }, [
      t("pests.curve", { total: number(season.curve.total.at(-1), 0), lower: number(season.model.lower_c), station: season.station.station, km: number(season.station.distance_km) }),
      season.curve.emerged ? t("pests.emerged", { share: number(season.curve.emerged.at(-1) * 100, 0) }) : "",
      season.curve.filled_days ? t("pests.filled", { n: season.curve.filled_days }) : "",
      season.station.is_lapsed ? "" : t("pests.not_lapsed")].filter(Boolean).join(" · "))
      : season.model ? el("p", { class: "quiet" }, t("pests.no_air")) : null);
}

/** Rings about the finds and the stands that they may reach, in words; the map has their lines. */
function ringsOf(collection) {
  const of = (what) => collection.features.map((one) => one.properties).filter((one) => one.what === what);
  const rings = of("ring").toReversed(), stands = of("stand");
  const rows = rings.map((one) => [t(`pests.ring.${one.name}`), one.radius_m < 1000 ? `${number(one.radius_m, 0)} m` : `${number(one.radius_m / 1000)} km`,
    number(one.stands, 0), `${number(one.mass * 100, 0)} %`]);
  return [table(["pests.ring", "pests.radius", "pests.stands", "pests.mass"].map((key) => t(key)), rows, t("pests.rings")),
    el("p", { class: "quiet" }, [t("pests.rings_note"), collection.kernel ? `${t("figure.rule")}${t("figure.colon")}${t(`rule.${collection.kernel.status}`)}` : ""].filter(Boolean).join(" ")),
    stands.length ? el("ol", { class: "stands" }, stands.map((one) => el("li", {}, el("span", {}, one.name || one.stand_id),
      el("small", {}, t("pests.stand", { share: number(one.probability * 100), m: number(one.distance_m, 0) }))))) : el("p", { class: "quiet" }, t("pests.no_stands"))];
}

/** Surveys and laboratory results, the newest first. */
const findsOf = (finds) => table(["pests.day", "pests.found", "pests.value", "pests.unit", "pests.state"].map((key) => t(key)),
  finds.map((one) => [day(one.observed_at), has(`pests.measure.${one.measure}`) ? t(`pests.measure.${one.measure}`) : one.measure,
    one.result ? t(`pests.result.${one.result}`) : number(one.value), one.unit_id || "—",
    one.judged === "sign" ? t("pests.kind.sign") : one.judged && has(`reason.${one.judged}`) ? t("pests.no_sign") : t("pests.waits")]), t("pests.finds"));

export class Pests {
  constructor(store) { Object.assign(this, { store, id: null, told: null, rings: null, chosen: 0, drawn: null }); }

  /** Ask for what is known of an outbreak; null where the server has nothing to show. */
  async ask(alert) {
    if (alert.kind !== "outbreak") return this.clear();
    const id = encodeURIComponent(alert.incident_id);
    if (this.id !== alert.incident_id) { this.clear(); this.id = alert.incident_id; }
    const [told, rings] = await Promise.all([getJson(`v1/pests/series?incident=${id}`).catch(() => null),
      alert.pest?.rings?.length ? getJson(`v1/incidents/${id}/rings`).catch(() => null) : null]);
    if (this.id !== alert.incident_id) return undefined;
    Object.assign(this, { told, rings, drawn: null });
    this.show(rings?.features.filter((one) => one.properties.what === "ring").map((one) => ({ ...one, properties: { grade: alert.grade, name: one.properties.name } })) ?? []);
    return undefined;
  }

  clear() {
    Object.assign(this, { id: null, told: null, rings: null, chosen: 0, drawn: null });
    this.show([]);
  }

  /** The rings on the map. */
  show(rings) {
    if (!rings.length && !this.store.rings?.length) return;
    this.store.rings = rings;
    this.store.dispatchEvent(new Event("rings"));
  }

  /** The sections of the detail; the same nodes as long as nothing came and the language stays. */
  part(alert) {
    if (alert.kind !== "outbreak" || this.id !== alert.incident_id || !this.told) return null;
    if (this.drawn?.language !== current()) this.drawn = { language: current(), node: this.draw(alert) };
    return this.drawn.node;
  }

  draw(alert) {
    const { told } = this;
    const box = el("div", { class: "trap-weeks" });
    const put = () => fill(box, weeksOf(told.traps[this.chosen], told));
    this.chosen = Math.min(this.chosen, Math.max(told.traps.length - 1, 0));
    const names = told.traps.map((one, i) => [i, `${one.name || one.source.replace(/^trap\//, "")} · ${t("pests.signs", { n: one.weeks.filter((week) => week.judged === "sign").length })}`]);
    const pick = choice(names, { "aria-label": t("pests.choose"), onchange: (happened) => { this.chosen = Number(happened.target.value); put(); } });
    pick.value = String(this.chosen);
    if (told.traps.length) put();
    return el("div", { class: "pests" },
      part("pests.season", seasonOf(told.season, alert.pest)),
      part("pests.traps", told.traps.length ? pick : el("p", { class: "quiet" }, t("pests.no_traps")), told.traps.length ? box : null,
        told.left_out ? el("p", { class: "quiet" }, t("pests.left_out", { n: number(told.left_out, 0) })) : null),
      told.finds.length ? part("pests.finds", findsOf(told.finds)) : null,
      this.rings ? part("pests.rings", ...ringsOf(this.rings))
        : alert.pest && !alert.pest.rings?.length ? part("pests.rings", el("p", { class: "quiet" }, t("pests.no_kernel"))) : null);
  }
}

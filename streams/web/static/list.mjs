// The list: graded fires worst first, tasks apart, ended ones folded away. Rows are kept, so focus stays where it is.

import { arrange, el, fill, say } from "./dom.mjs";
import { GRADES, gradeWord, isLive, shortPlace, symbol, widePlace } from "./grade.mjs";
import { afterPaint, onceAfterPaint } from "./paint.mjs";
import { current, number, ofLanguage, t } from "./text.mjs";
import { age } from "./time.mjs";

const STEP = 150;
/** So many rows are made at once, more than a screen holds; the others after the picture. */
const AT_ONCE = 14;
const LATER = 100;
const SECTIONS = {
  graded: (alert) => isLive(alert) && alert.grade !== "task",
  task: (alert) => isLive(alert) && alert.grade === "task",
  ended: (alert) => !isLive(alert),
};

export class AlertList {
  constructor(store, open) {
    Object.assign(this, { store, open, rows: new Map(), shown: { graded: STEP, task: STEP, ended: STEP }, words: "", left: 0, news: new Set() });
    this.lists = Object.fromEntries(Object.keys(SECTIONS).map((name) => [name, document.getElementById(`list-${name}`)]));
    this.soon = onceAfterPaint(() => this.draw());
    this.rest = onceAfterPaint(() => afterPaint(() => this.draw([], LATER)));
    document.getElementById("filter").addEventListener("input", (happened) => {
      this.words = happened.target.value.trim().toLowerCase();
      this.soon();
    });
    document.getElementById("lists").addEventListener("keydown", (happened) => this.steer(happened));
  }

  /** Bring rows, order and counts in line with the store; rows beyond `most` new ones follow by themselves. */
  draw(fresh = [], most = AT_ONCE) {
    const held = document.activeElement?.closest?.("[data-alert]");
    const alerts = this.store.inOrder();
    this.left = (this.language ?? current()) === current() ? most : Infinity;
    this.language = current();
    for (const [name, belongs] of Object.entries(SECTIONS)) this.section(name, alerts.filter(belongs));
    if (this.left < 0) this.rest();
    // Marked until opened; an update of what is known already is not news.
    for (const { alert_id: id } of fresh.filter((one) => one.action === "new" || one.action === "upgrade")) {
      this.news.add(id);
      this.rows.get(id)?.classList.add("fresh");
    }
    this.counts(alerts.filter(isLive));
    if (held && document.activeElement !== held) this.rows.get(held.dataset.alert)?.focus({ preventScroll: true });
  }

  section(name, alerts) {
    const found = this.words ? alerts.filter((alert) => this.matches(alert)) : alerts;
    const wanted = found.slice(0, this.shown[name]);
    const rows = wanted.filter((alert) => this.may(alert)).map((alert) => this.row(alert));
    arrange(this.lists[name], rows.map((row) => row.parentNode));
    say(document.getElementById(`count-${name}`), String(alerts.length));
    const more = document.getElementById(`more-${name}`);
    const rest = found.length - wanted.length;
    more.hidden = rest <= 0;
    say(more, t("list.more", { n: rest }));
    more.onclick = () => { this.shown[name] += STEP; this.draw(); };
    const empty = document.getElementById(`empty-${name}`);
    empty.hidden = found.length > 0;
    say(empty, t(this.words ? "list.nothing_found" : `list.empty.${name}`));
  }

  /** Whether a row is there already or may still be made this time. */
  may(alert) {
    if (this.rows.has(alert.alert_id)) return true;
    this.left -= 1;
    return this.left >= 0;
  }

  matches(alert) {
    let known = texts.get(alert);
    if (known?.language !== current()) {
      const text = [alert.short_code, ofLanguage(alert.headline), ...(alert.places ?? []).map((one) => one.name)].join(" ");
      known = { language: current(), text: text.toLowerCase() };
      texts.set(alert, known);
    }
    return known.text.includes(this.words);
  }

  row(alert) {
    let row = this.rows.get(alert.alert_id);
    if (!row) {
      row = el("button", { type: "button", class: "row", "data-alert": alert.alert_id, onclick: () => this.open(alert.alert_id) });
      if (alert.alert_id === this.marked) row.setAttribute("aria-current", "true");
      row.classList.toggle("fresh", this.news.has(alert.alert_id));
      el("li", {}, row);
      this.rows.set(alert.alert_id, row);
    }
    const stamp = `${alert.revision}/${document.documentElement.lang}`;
    if (row.dataset.stamp !== stamp) {
      row.dataset.stamp = stamp;
      row.classList.toggle("ended", !isLive(alert));
      fill(row, ...content(alert));
    }
    return row;
  }

  counts(live) {
    for (const grade of GRADES) {
      const n = live.filter((alert) => alert.grade === grade).length;
      const badge = document.getElementById(`badge-${grade}`);
      badge.classList.toggle("none", n === 0);
      say(badge.querySelector(".n"), number(n));
      badge.setAttribute("aria-label", `${t(`grade.fire.${grade}`)}: ${n}`);
    }
  }

  /** Mark the opened one. */
  mark(id) {
    this.rows.get(this.marked)?.removeAttribute("aria-current");
    this.marked = id;
    this.rows.get(id)?.setAttribute("aria-current", "true");
    this.rows.get(id)?.classList.remove("fresh");
    this.news.delete(id);
  }

  /** Ages move on without touching anything else. */
  tick() {
    for (const node of document.querySelectorAll("#lists [data-at]")) say(node, age(node.dataset.at));
  }

  steer(happened) {
    const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[happened.key];
    if (!step) return;
    const rows = [...document.querySelectorAll("#lists section .row, #lists [open] .row")];
    const at = rows.indexOf(document.activeElement);
    if (at < 0) return;
    happened.preventDefault();
    rows[Math.min(rows.length - 1, Math.max(0, at + step))].focus();
  }
}

/** What a filter looks for in, by alert. */
const texts = new WeakMap();

function content(alert) {
  const place = shortPlace(alert);
  const facts = [
    t(`action.${alert.action}`),
    alert.short_code,
    t("list.looks", { n: number(alert.observation_count) }),
    alert.area_ha > 0 ? t("value.area_most", { v: number(alert.area_ha, alert.area_ha < 10 ? 1 : 0) }) : null,
  ];
  return [
    symbol(alert.grade, { ended: !isLive(alert) }),
    el("span", { class: "body" },
      el("span", { class: "top" },
        el("span", { class: /\d/.test(place) ? "place figures" : "place" }, place),
        el("time", { class: "age", "data-at": alert.observed_at, datetime: alert.observed_at }, age(alert.observed_at))),
      el("span", { class: "word" }, gradeWord(alert), el("span", { class: "wide" }, widePlace(alert))),
      el("span", { class: "facts" },
        alert.reconstruction ? el("span", { class: "tag rebuilt" }, t("tag.reconstruction")) : null,
        facts.filter(Boolean).flatMap((fact, i) => [i ? " · " : "", el("span", { class: "fact" }, fact)]))),
  ];
}

// The list: graded fires worst first, tasks apart, ended ones folded away. Rows are kept, so focus stays where it is.

import { el, fill, say } from "./dom.mjs";
import { GRADES, gradeWord, isLive, order, shortPlace, symbol, widePlace } from "./grade.mjs";
import { number, ofLanguage, t } from "./text.mjs";
import { age } from "./time.mjs";

const STEP = 150;
const SECTIONS = {
  graded: (alert) => isLive(alert) && alert.grade !== "task",
  task: (alert) => isLive(alert) && alert.grade === "task",
  ended: (alert) => !isLive(alert),
};

export class AlertList {
  constructor(store, open) {
    Object.assign(this, { store, open, rows: new Map(), shown: { graded: STEP, task: STEP, ended: STEP }, words: "" });
    this.lists = Object.fromEntries(Object.keys(SECTIONS).map((name) => [name, document.getElementById(`list-${name}`)]));
    document.getElementById("filter").addEventListener("input", (happened) => {
      this.words = happened.target.value.trim().toLowerCase();
      this.draw();
    });
    document.getElementById("lists").addEventListener("keydown", (happened) => this.steer(happened));
  }

  /** Bring rows, order and counts in line with the store. */
  draw(fresh = []) {
    const held = document.activeElement?.closest?.("[data-alert]");
    const alerts = [...this.store.alerts.values()].sort(order);
    for (const [name, belongs] of Object.entries(SECTIONS)) this.section(name, alerts.filter(belongs));
    // Marked until opened; an update of what is known already is not news.
    for (const alert of fresh.filter((one) => one.action === "new" || one.action === "upgrade")) this.rows.get(alert.alert_id)?.classList.add("fresh");
    this.counts(alerts.filter(isLive));
    if (held && document.activeElement !== held) this.rows.get(held.dataset.alert)?.focus({ preventScroll: true });
  }

  section(name, alerts) {
    const found = alerts.filter((alert) => this.matches(alert));
    const rows = found.slice(0, this.shown[name]).map((alert) => this.row(alert));
    const list = this.lists[name];
    const items = rows.map((row) => row.parentNode);
    if (items.length !== list.children.length || items.some((item, i) => list.children[i] !== item)) fill(list, items);
    say(document.getElementById(`count-${name}`), String(alerts.length));
    const more = document.getElementById(`more-${name}`);
    const rest = found.length - rows.length;
    more.hidden = rest <= 0;
    say(more, t("list.more", { n: rest }));
    more.onclick = () => { this.shown[name] += STEP; this.draw(); };
    const empty = document.getElementById(`empty-${name}`);
    empty.hidden = found.length > 0;
    say(empty, t(this.words ? "list.nothing_found" : `list.empty.${name}`));
  }

  matches(alert) {
    if (!this.words) return true;
    const text = [alert.short_code, ofLanguage(alert.headline), ...(alert.places ?? []).map((one) => one.name)].join(" ");
    return text.toLowerCase().includes(this.words);
  }

  row(alert) {
    let row = this.rows.get(alert.alert_id);
    if (!row) {
      row = el("button", { type: "button", class: "row", "data-alert": alert.alert_id, onclick: () => this.open(alert.alert_id) });
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
    for (const [key, row] of this.rows) {
      if (key === id) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
    this.rows.get(id)?.classList.remove("fresh");
  }

  /** Ages move on without touching anything else. */
  tick() {
    for (const node of document.querySelectorAll("#lists [data-at]")) say(node, age(node.dataset.at));
  }

  steer(happened) {
    const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[happened.key];
    const rows = [...document.querySelectorAll("#lists .row")].filter((row) => row.offsetParent !== null);
    const at = rows.indexOf(document.activeElement);
    if (!step || at < 0) return;
    happened.preventDefault();
    rows[Math.min(rows.length - 1, Math.max(0, at + step))].focus();
  }
}

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

// One alert opened: what, where, how sure, why, what it threatens, the words of law, and how it came about.

import { getJson } from "./api.mjs";
import { carbon, radiated } from "./carbon.mjs";
import { answerers, contacts } from "./contacts.mjs";
import { el, fill, say } from "./dom.mjs";
import { frames } from "./frames.mjs";
import { gradeWord, isLive, placeChain, shortPlace, symbol } from "./grade.mjs";
import { papers } from "./papers.mjs";
import { places } from "./places.mjs";
import { duty } from "./duty.mjs";
import { Pests } from "./pests.mjs";
import { reasonItem } from "./reasons.mjs";
import { isWhole } from "./store.mjs";
import { number, ofLanguage, t } from "./text.mjs";
import { age, dateTime, zoneName } from "./time.mjs";
import { timeline } from "./timeline.mjs";
import { work } from "./work.mjs";

const AGAIN_MS = 2000;
const AWAITED = 60;

export class Detail {
  constructor(store, closed) {
    Object.assign(this, { store, closed, id: null, told: null, pests: new Pests(store) });
    this.panel = document.getElementById("detail");
    this.body = document.getElementById("detail-body");
    document.getElementById("detail-close").addEventListener("click", () => this.close());
  }

  /** Show the alert `id` and fetch its history. */
  open(id) {
    if (!this.store.alerts.has(id)) return;
    if (id !== this.id) this.told = null;
    this.id = id;
    this.panel.hidden = false;
    this.draw(0);
    this.fetch();
  }

  close() {
    const id = this.id;
    this.id = null;
    this.panel.hidden = true;
    this.pests.clear();
    this.closed(id);
  }

  /** A new revision of the opened alert is shown at once, its history fetched anew. */
  changed(fresh) {
    if (this.id && fresh.some((alert) => alert.alert_id === this.id)) { this.draw(); this.fetch(); }
  }

  async fetch() {
    const id = this.id;
    const { incident_id: incident } = this.store.alerts.get(id);
    const story = getJson(`v1/incidents/${encodeURIComponent(incident)}`).catch(() => ({ failed: true }));
    await this.store.whole(id).catch(() => undefined);
    const alert = this.store.alerts.get(id);
    if (isWhole(alert)) this.pests.ask(alert).then(() => { if (this.id === id && alert.kind === "outbreak") this.draw(); });
    const told = await story;
    if (this.id !== id) return;
    this.told = told;
    this.draw();
  }

  /** Draw it anew, `scroll` pixels down: where it was, unless told; to ask for that lays the page out. */
  draw(scroll = this.body.scrollTop) {
    const alert = this.store.alerts.get(this.id);
    if (!alert) return;
    const open = [...this.body.querySelectorAll("details:not(.pests details)")].map((one) => one.open);
    const held = this.body.contains(document.activeElement) && document.activeElement.form;
    if (held) return; // Nobody's half-written answer is drawn over.
    const active = document.activeElement;
    const titled = active.matches("#detail-body h2");
    if (!isWhole(alert)) fill(this.body, head(alert), this.told ? this.history() : el("p", { class: "quiet" }, t("timeline.loading")));
    else this.all(alert);
    [...this.body.querySelectorAll("details:not(.pests details)")].forEach((one, i) => { if (open[i]) one.open = true; });
    this.body.scrollTop = scroll;
    if (titled) this.body.querySelector("h2").focus({ preventScroll: true });
    else if (active !== document.activeElement && this.body.contains(active)) active.focus({ preventScroll: true });
  }

  /** Everything of an alert that came whole. */
  all(alert) {
    const own = this.told && !this.told.failed ? work(alert, this.told, this.store, (...became) => this.said(...became)) : null;
    const near = alert.kind === "fire" ? contacts(alert) : null;
    const permitted = answerers(alert);
    fill(this.body, head(alert), facts(alert), own ? part("work.title", own) : null, permitted ? part("permit.title", permitted) : null, near ? part("contacts.title", near) : null, reasons(alert), this.pests.part(alert),
      alert.report_duty ? part("detail.duty", ...duty(alert.report_duty)) : null, part("detail.carbon", carbon(alert.carbon, alert.kind), radiated(alert.carbon)),
      alert.places.length ? part("detail.places", places(alert.places)) : null, this.seen(), this.history(),
      part("detail.papers", papers(alert)), folded("detail.legal", pairs(legal(alert, this.store.about?.legal))), folded("detail.versions", pairs(versions(alert))));
  }

  /** After a word: the story anew, and what became of the word stays on the page. */
  async said(text, bad, open = "") {
    document.activeElement?.blur?.();
    await this.fetch();
    const line = this.body.querySelector(".work .outcome");
    if (line) { say(line, text); line.classList.toggle("wrong", bad); }
    if (open) this.follow(open, this.id, AWAITED);
  }

  /** Where another server may have been first: look again until the judge has said what became of a word. */
  follow(word, id, left) {
    setTimeout(async () => {
      if (this.id !== id || !left) return;
      await this.fetch();
      const one = (this.told.timeline ?? []).map((entry) => entry.act ?? entry.verdict).find((found) => (found?.act_id ?? found?.verdict_id) === word);
      if (!one) this.follow(word, id, left - 1);
      else if (one.reason?.code === "not_first") this.said(t("desk.first", first(this.told.words, one)), true);
    }, AGAIN_MS);
  }

  seen() {
    const some = this.told && !this.told.failed ? frames(this.told) : null;
    return some ? part("detail.frames", some) : null;
  }

  history() {
    if (this.told?.failed) return part("detail.timeline", el("p", { class: "quiet" }, t("timeline.failed")));
    return part("detail.timeline", this.told ? timeline(this.told) : el("p", { class: "quiet" }, t("timeline.loading")));
  }

  tick() {
    for (const node of this.body.querySelectorAll("[data-at]")) say(node, age(node.dataset.at));
  }
}

/** Who was first: as the desk lists it, else as the judge named them. */
const first = (words, { reason }) => ({ who: words?.at(-1)?.person || reason.detail, what: words?.at(-1)?.what || reason.ref });

const part = (key, ...content) => el("section", {}, el("h3", {}, t(key)), ...content);

const folded = (key, ...content) => el("details", {}, el("summary", {}, t(key)), ...content);

const pairs = (rows) => el("dl", {}, rows.filter(([, value]) => value !== null)
  .map(([key, value]) => el("div", {}, el("dt", {}, t(key)), el("dd", {}, value))));

function head(alert) {
  const chain = placeChain(alert);
  return el("header", { class: `head grade-${alert.grade}` },
    el("p", { class: "gradeline" }, symbol(alert.grade, { ended: !isLive(alert) }), el("strong", {}, gradeWord(alert)),
      el("span", { class: "tag" }, t(`action.${alert.action}`)),
      alert.reconstruction ? el("span", { class: "tag rebuilt" }, t("tag.reconstruction")) : null,
      alert.late ? el("span", { class: "tag" }, t("tag.late")) : null,
      (alert.reasons ?? []).some((one) => one.code === "conflict") ? el("span", { class: "tag" }, t("tag.conflict")) : null),
    el("h2", { tabindex: "-1" }, ofLanguage(alert.headline) || shortPlace(alert)),
    el("p", { class: "chain" }, chain.length ? chain.join(" › ") : shortPlace(alert)),
    el("p", { class: "when" }, el("time", { class: "age", "data-at": alert.observed_at, datetime: alert.observed_at }, age(alert.observed_at)),
      ` · ${dateTime(alert.observed_at)} ${zoneName(alert.observed_at)}`),
    alert.action === "close" ? el("p", { class: "caution" }, t("detail.not_out")) : null,
    alert.description ? el("p", { class: "description" }, ofLanguage(alert.description)) : null);
}

/** How far the answers of people have come, what the office in force found, and whether they agree. */
const feedback = (said) => [
  t(`feedback.state.${said?.state ?? "none"}`),
  said?.ruling ? t(`feedback.${said.code}`) : null,
  said?.contradicted ? t("feedback.contradicted") : null,
].filter(Boolean).join(" · ");

const facts = (alert) => pairs([
  ["fact.position", `${alert.longitude.toFixed(4)}, ${alert.latitude.toFixed(4)} ± ${number(alert.radius_m, 0)} m`],
  [alert.kind === "outbreak" ? "pests.probability" : "fact.probability", alert.probability > 0.99 ? "> 99 %" : `${number(alert.probability * 100, 0)} %`],
  [alert.kind === "outbreak" ? "pests.area" : "fact.area", alert.area_ha !== null && alert.area_ha !== undefined ? t("value.area", { v: number(alert.area_ha) }) : t("value.unknown")],
  ["fact.observations", `${number(alert.observation_count)} · ${alert.sources.join(t("fact.separator"))}`],
  ["fact.issued", `${dateTime(alert.issued_at)} ${zoneName(alert.issued_at)}`],
  ["fact.expires", isLive(alert) ? dateTime(alert.expires_at) : null],
  ["fact.code", `${alert.short_code} · ${t("fact.revision", { n: alert.revision })}`],
  ["fact.feedback", feedback(alert.feedback)],
  ["fact.previous", alert.previous_grade && alert.previous_grade !== alert.grade ? gradeWord({ ...alert, grade: alert.previous_grade }) : null],
]);

const reasons = (alert) => part("detail.reasons",
  alert.reasons.length ? el("ol", { class: "reasons" }, alert.reasons.map(reasonItem)) : el("p", { class: "quiet" }, t("reason.none")));

/** The fields that the law of this place asks for, in its order; all there are when it is not known. */
const legal = ({ legal: words, scope, status }, names = Object.keys(words)) => [
  ...names.map((name) => [`legal.${name}`, name.endsWith("_at") ? dateTime(words[name]) : words[name] || t("legal.no_issuer")]),
  ["legal.scope", `${scope} / ${status}`],
];

const versions = (alert) => [
  ...["software", "settings", "region", "tables", "jurisdiction"].map((name) => [`version.${name}`, alert.versions[name] || null]),
  ["version.alert", `${alert.alert_id}.${alert.revision}`],
];

// What the page knows: the newest revision of every alert, incidents, detections; and how fresh that is.

import { SHOWN, firstAsked } from "./ahead.mjs";
import { NeedsKey, address, ask, getJson, silentSeconds } from "./api.mjs";
import { lostSources } from "./blind.mjs";
import { inOrder } from "./grade.mjs";
import { busy } from "./idle.mjs";
import { painted } from "./paint.mjs";
import { Spots } from "./spots.mjs";
import { Stream } from "./sse.mjs";
import { now, setNow, setServerTime } from "./time.mjs";

const DRAWN = "incident_id,status,grade,longitude,latitude";
const PAGE = 1000;
const CHANGES = 50;
const MOST = 20000;
const REFRESH_MS = 30000;
const SILENCE_S = 30;
const PROBE_S = 18;

/** Whether everything of an alert is there, not only what list and map show. */
export const isWhole = (alert) => alert.reasons !== undefined;

export class Store extends EventTarget {
  constructor() {
    super();
    this.about = null;
    this.alerts = new Map();
    this.incidents = new Map();
    this.spots = new Spots();
    this.newestChange = 0;
    this.permits = [];
    this.blind = [];
    this.seen = new Set();
    /** Counts what came: whoever has drawn a turn need not draw it again. */
    this.turn = 0;
    this.link = "connecting";
    this.loaded = false;
    this.refreshed = false;
    this.cut = false;
    this.cutOff = false;
  }

  /** Note where the history stands, read the picture, then listen from there: nothing falls between, repeats are dropped. */
  async start() {
    this.timers = [setInterval(() => this.watch(), 1000)];
    for (let tries = 0; !this.loaded; tries += 1) {
      try {
        const [about, gravest] = await firstAsked(tries > 0);
        this.about = about;
        this.clock(about);
        this.tell("about");
        await this.snapshot(gravest.features);
      } catch (error) {
        if (error instanceof NeedsKey) return this.failed(error);
        this.tell("link");
        await new Promise((go) => { setTimeout(go, Math.min(30000, 1000 * 2 ** tries)); });
      }
    }
    this.stream = new Stream("v1/alerts/stream", String(this.about.last_seq ?? 0), (one) => this.live(one), (word) => this.linkIs(word));
    this.stream.run();
    this.refresh();
    this.timers.push(setInterval(() => this.refresh(), REFRESH_MS));
    addEventListener("online", () => this.stream.now());
    return undefined;
  }

  linkIs(word) {
    const again = word === "open" && this.link === "lost";
    this.link = word;
    if (word === "needs-key") this.failed(new NeedsKey());
    if (again) this.sameServer().then(() => this.refresh()).catch((error) => this.failed(error));
    this.tell("link");
  }

  /** After a loss: a server with another history means starting anew at once, one with another page as soon as nobody writes. */
  async sameServer() {
    // What was heard before asking: an alert that overtakes the answer is no older history.
    const heard = Number(this.stream.last);
    const about = await getJson("v1/about");
    if (about.last_seq < heard) location.reload();
    this.stale ||= about.software !== this.about.software;
  }

  /** Without a key nothing more is asked; anything else is asked again later. */
  failed(error) {
    if (!(error instanceof NeedsKey)) return;
    this.stop();
    this.link = "needs-key";
    this.tell("link");
    this.tell("needs-key");
  }

  stop() {
    this.stream?.stop();
    this.timers.forEach((timer) => clearInterval(timer));
  }

  /** Red once the server has been silent for 30 s; a silent stream is probed before that. */
  watch() {
    const silent = silentSeconds();
    if (silent > PROBE_S && Math.floor(silent) % 4 === 0) ask("livez").catch(() => undefined);
    const lost = silent > SILENCE_S;
    if (lost !== this.cutOff) {
      this.cutOff = lost;
      this.tell("link");
    }
    if (this.stale && !busy()) location.reload();
    this.tell("second");
  }

  /** The gravest are on the screen before the rest has come; each page is taken as it comes, not all at once. */
  async snapshot(gravest) {
    this.takeAll(gravest);
    this.tell("alerts", { fresh: [] });
    await painted();
    await this.pages("v1/alerts", `&properties=${SHOWN}`, PAGE, (features) => this.takeAll(features));
    this.loaded = true;
    this.tell("alerts", { fresh: [] });
  }

  takeAll(features) {
    for (const one of features) this.take({ ...one.properties, footprint: one.geometry });
  }

  /** Have everything of an alert: what list and map show was told of it before, or it came whole by itself. */
  async whole(id) {
    const known = this.alerts.get(id);
    if (!known || isWhole(known)) return;
    const told = await getJson(`v1/alerts/${encodeURIComponent(id)}?revision=${known.revision}`);
    if (this.alerts.get(id) === known) this.alerts.set(id, { ...told, footprint: known.footprint });
  }

  /** Alerts, the worst first. */
  inOrder() {
    if (this.ordered?.turn !== this.turn) this.ordered = { turn: this.turn, alerts: inOrder(this.alerts.values()) };
    return this.ordered.alerts;
  }

  async refresh() {
    try {
      const [, received, about] = await Promise.all([this.changes(), this.spots.refresh(), getJson("v1/about")]);
      this.about.warnings = about.warnings;
      this.stale ||= about.software !== this.about.software;
      this.clock(about);
      this.blind = await lostSources(this.blind, about);
      // Burning that is allowed now; who may not see permits sees the rest all the same.
      const permits = await this.pages("v1/permits", `&status=given&datetime=${new Date(now()).toISOString()}`).catch(() => []);
      if (permits.length || this.permits.length) this.permits = permits;
      if (received) this.present(received);
      this.refreshed = true;
      this.tell("evidence");
    } catch (error) {
      this.failed(error);
    }
  }

  /** Incidents that changed since they were asked for last: the answer tells the newest change first. */
  async changes() {
    const known = this.newestChange;
    const some = await this.pages("v1/incidents", `&properties=${DRAWN}`, known ? CHANGES : PAGE, (page) => page.some((one) => one.properties.seq <= known));
    for (const one of some.filter(({ properties }) => properties.seq > known)) {
      this.newestChange = Math.max(this.newestChange, one.properties.seq);
      this.turn += 1;
      this.incidents.set(one.properties.incident_id, { ...one.properties, footprint: one.geometry });
    }
  }

  /** Features of every page, or of those up to the one that is `enough`. */
  async pages(path, more = "", limit = PAGE, enough = () => false) {
    const features = [];
    let next = `${path}?limit=${limit}${more}`;
    while (next && features.length < MOST) {
      const page = await getJson(next);
      features.push(...page.features);
      if (enough(page.features)) return features;
      const link = (page.links ?? []).find((one) => one.rel === "next")?.href;
      next = link && new URL(link, address(next)).origin === location.origin ? new URL(link, address(next)).href : null;
    }
    this.cut ||= next !== null;
    return features;
  }

  live(one) {
    if (one.event !== "alert") return;
    let alert;
    try {
      alert = JSON.parse(one.data);
    } catch {
      return;
    }
    const taken = this.take(alert);
    if (!taken) return;
    this.tell("alerts", { fresh: [taken] });
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.refresh(), 1500);
  }

  /** Keep `alert` when this revision is new here; returns it, or null for a repeat. An old revision is noted only. */
  take(alert) {
    const id = `${alert.alert_id}.${alert.revision}`;
    if (this.seen.has(id)) return null;
    this.seen.add(id);
    const known = this.alerts.get(alert.alert_id);
    if (known && known.revision > alert.revision) return null;
    this.turn += 1;
    this.alerts.set(alert.alert_id, alert);
    for (const old of alert.supersedes ?? []) this.alerts.delete(old);
    this.present(alert.issued_at);
    return alert;
  }

  /** Ages, and when somebody called, are told by the server's clock; a demonstration has one of its own. */
  clock({ demo, now: instant }) {
    if (!demo && instant) setServerTime(instant);
  }

  /** In a demonstration the picture's time is that of the newest thing received. */
  present(instant) {
    const at = Date.parse(instant);
    if (!this.about?.demo || !(at > (this.newest ?? 0))) return;
    this.newest = at;
    setNow(instant);
  }

  tell(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

// Where the opened fire may be in 1, 3, 6, 12 and 24 hours, one horizon at a time on the map.

import { getJson } from "./api.mjs";
import { el, fill, say } from "./dom.mjs";
import { number, t } from "./text.mjs";

const HOURS = [1, 3, 6, 12, 24];

export class Reach {
  /** `draw(features)` puts the horizon on the map; no features take it away. */
  constructor(draw) {
    Object.assign(this, { draw, alert: null, hours: null, told: null });
    this.box = document.getElementById("reach");
  }

  /** Offer the horizons of a fire; null takes them away. */
  open(alert) {
    const same = alert?.alert_id === this.alert?.alert_id;
    if (!same) this.hours = null;
    if (!same || alert?.revision !== this.alert?.revision) this.told = null;
    this.alert = alert?.kind === "fire" ? alert : null;
    this.show();
  }

  press(hours) {
    this.hours = this.hours === hours ? null : hours;
    this.show();
  }

  /** Buttons, the outlines of the pressed one, and its area in words. */
  async show() {
    this.box.hidden = !this.alert;
    this.buttons();
    const { alert, hours } = this;
    if (!alert || !hours) return this.draw([]);
    this.told ??= getJson(`v1/incidents/${encodeURIComponent(alert.incident_id)}/reach`).catch(() => ({ features: [] }));
    say(this.words, t("reach.waiting"));
    const { features } = await this.told;
    if (this.alert !== alert || this.hours !== hours) return undefined;
    const here = features.filter((one) => one.properties.hours === hours);
    const [likely] = here.filter((one) => one.properties.what === "likely");
    say(this.words, likely ? areas(likely.properties) : t("reach.none"));
    return this.draw(here);
  }

  buttons() {
    const held = this.box.contains(document.activeElement) && document.activeElement.dataset.hours;
    this.words = el("p", { role: "status" });
    fill(this.box, el("span", {}, t("reach.title")), HOURS.map((h) => el("button", {
      type: "button", "data-hours": h, "aria-pressed": String(this.hours === h), onclick: () => this.press(h),
    }, t("reach.hours", { h }))), this.words);
    if (held) this.box.querySelector(`[data-hours="${held}"]`)?.focus();
  }
}

const whole = (area) => number(area, area < 10 ? 1 : 0);

const areas = ({ hours, ...area }) => t("reach.area", { h: hours, mean: whole(area.mean_ha), low: whole(area.least_ha), high: whole(area.most_ha) });

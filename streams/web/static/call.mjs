// A telephone report by keyboard: number, caller, place, what is seen. It is kept as soon as a place is chosen and kept
// anew when more is said; beside it stand the incidents that are near.

import { send } from "./api.mjs";
import { el, fill } from "./dom.mjs";
import { dropDraft, keepDraft, takeDraft } from "./draft.mjs";
import { choice, field, outcome, panel, remark, tell } from "./form.mjs";
import { GRADES, symbol } from "./grade.mjs";
import { t } from "./text.mjs";
import { pick } from "./pick.mjs";
import { PlaceField } from "./place-field.mjs";
import { age, wall } from "./time.mjs";

const PAUSE_MS = 600;
const SEEN = ["smoke", "flame", "heat", "unknown"];

export class Call {
  /** `taken()` opens the list of calls. */
  constructor(store, open, taken) { Object.assign(this, { store, open, taken }); }

  show() {
    const draft = takeDraft();
    this.id = draft?.id ?? crypto.randomUUID();
    this.at = draft?.at ?? new Date(wall()).toISOString();
    const { box, body } = panel("call", "call.title");
    this.box = box;
    this.number = el("input", { id: "call-number", inputmode: "tel", maxlength: 30, autocomplete: "off" });
    this.caller = el("input", { id: "call-caller", maxlength: 60, autocomplete: "off" });
    this.place = new PlaceField("call-place", () => this.changed());
    this.azimuth = el("input", { id: "call-azimuth", type: "number", min: 0, max: 359, step: 1 });
    this.away = el("input", { id: "call-away", type: "number", min: 0.1, max: 50, step: 0.1 });
    this.saw = choice(SEEN.map((one) => [one, t(`call.saw.${one}`)]), { id: "call-saw" });
    this.text = el("textarea", { id: "call-text", rows: 2, maxlength: 400 });
    this.line = outcome();
    this.near = el("ul", { class: "near", "aria-label": t("call.near") });
    const form = el("form", { method: "dialog", class: "call", onsubmit: (happened) => this.done(happened) },
      field("call.number", this.number), field("call.caller", this.caller), this.place.node,
      el("div", { class: "pair" }, field("call.azimuth", this.azimuth), field("call.away", this.away)),
      field("call.saw", this.saw), field("call.text", this.text), this.line,
      el("button", { type: "submit" }, t("call.done")),
      // After the fields: whoever types a name never passes it.
      el("p", { class: "buttons" }, el("button", { type: "button", class: "plain", id: "call-pick", onclick: () => this.pin() }, t("call.pick")),
        el("button", { type: "button", class: "plain", id: "call-fresh", hidden: !draft, onclick: () => { dropDraft(); this.show(); } }, t("call.fresh")),
        el("button", { type: "button", class: "plain", id: "call-taken", onclick: () => { this.box.close(); this.taken(); } }, t("calls.open"))),
      el("h3", {}, t("call.near")), this.near);
    for (const one of [this.number, this.caller, this.azimuth, this.away, this.saw, this.text]) one.addEventListener("input", () => this.changed());
    this.text.addEventListener("keydown", (happened) => { if (happened.key === "Enter" && !happened.shiftKey) { happened.preventDefault(); form.requestSubmit(); } });
    fill(body, form);
    if (draft) this.restore(draft);
    this.number.focus();
  }

  get fields() { return { number: this.number, caller: this.caller, azimuth: this.azimuth, away: this.away, saw: this.saw, text: this.text }; }

  /** What was written before a reload is there again. */
  restore({ values, place }) {
    for (const [name, input] of Object.entries(this.fields)) input.value = values[name] ?? input.value;
    if (place) this.place.set(place.at, place.name);
    remark(this.line, t("call.restored"));
  }

  /** The place is clicked on the map: the form steps aside and comes back with it. */
  async pin() {
    this.box.close();
    const at = await pick();
    this.box.showModal();
    if (at) { this.place.set(at); this.changed(); }
    this.azimuth.focus();
  }

  /** Kept a moment after the last key, once there is a place. */
  changed() {
    clearTimeout(this.soon);
    const values = Object.fromEntries(Object.entries(this.fields).map(([name, input]) => [name, input.value]));
    keepDraft({ id: this.id, at: this.at, values, place: this.place.at && { at: this.place.at, name: this.place.name } });
    if (this.place.at) this.soon = setTimeout(() => this.keep(), PAUSE_MS);
    else remark(this.line, t("call.waits"));
  }

  async done(happened) {
    happened.preventDefault();
    clearTimeout(this.soon);
    if (!this.place.at) { remark(this.line, t("call.waits"), "wrong"); this.place.input.focus(); return; }
    if (!await this.keep()) return;
    dropDraft();
    this.box.close();
  }

  body() {
    const number = (input) => (input.value === "" ? null : Number(input.value));
    const [longitude, latitude] = this.place.at;
    return {
      call_id: this.id, at: this.at, longitude, latitude, place_name: this.place.name, saw: this.saw.value, text: this.text.value,
      number: this.number.value, caller: this.caller.value, azimuth_deg: number(this.azimuth), distance_km: number(this.away),
    };
  }

  async keep() {
    const { azimuth_deg: azimuth, distance_km: away, ...rest } = this.body();
    const given = { ...rest, ...(azimuth === null ? {} : { azimuth_deg: azimuth }), ...(away === null ? {} : { distance_km: away }) };
    const answer = await send("POST", "v1/calls", given).catch(() => ({ status: 0, told: {} }));
    const taken = tell(this.line, answer);
    if (taken) this.beside(answer.told.near);
    return taken;
  }

  /** The incidents near: what the caller tells of may be known. */
  beside(near) {
    const shown = near.map((one) => el("li", {}, el("button", { type: "button", class: "plain", onclick: () => this.go(one.incident_id) },
      GRADES.includes(one.grade) ? symbol(one.grade) : null, t("call.away_from", { km: one.distance_km, code: one.short_code }), " · ", age(one.last_observed_at))));
    fill(this.near, shown.length ? shown : el("li", { class: "quiet" }, t("call.none_near")));
  }

  go(incident) {
    const found = [...this.store.alerts.values()].find((one) => one.incident_id === incident || (one.lineage ?? []).includes(incident));
    if (!found) return;
    this.box.close();
    this.open(found.alert_id);
  }
}


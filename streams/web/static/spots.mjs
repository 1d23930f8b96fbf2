// Where fires were detected, in columns: a hundred thousand places are three arrays, and what is new comes by itself.

import { getJson } from "./api.mjs";

/** So many are kept here; of more, the newest. */
const MOST = 100000;

export class Spots {
  longitude = [];
  latitude = [];
  /** When each was observed, hours since 1970. */
  hours = [];
  lines = [];
  /** Changes when what came before is no longer the beginning of what is there. */
  turn = 0;
  next = 0;
  leftOut = false;

  get length() { return this.hours.length; }

  /** Ask for what was kept since; says when the newest of it was received, null when there is nothing new. */
  async refresh() {
    const told = await getJson(`v1/detections/columns${this.next ? `?after=${this.next}` : ""}`);
    if (this.length + told.observed_at.length > MOST) this.anew();
    // The server tells the newest first; here the newest are last, so that they lie on top.
    for (let i = told.observed_at.length - 1; i >= 0; i -= 1) {
      this.longitude.push(told.longitude[i]);
      this.latitude.push(told.latitude[i]);
      this.hours.push(told.observed_at[i] / 3600);
    }
    this.lines = [...told.lines, ...this.lines].slice(0, 300);
    this.next = told.next;
    this.leftOut ||= told.left_out;
    return told.received_at ? new Date(told.received_at * 1000).toISOString() : null;
  }

  /** Forget the older half. */
  anew() {
    for (const column of [this.longitude, this.latitude, this.hours]) column.splice(0, column.length - MOST / 2);
    this.leftOut = true;
    this.turn += 1;
  }

  /** Place `i` as a feature that both maps can draw. */
  feature(i) {
    return { type: "Feature", id: i + 1, properties: { at: this.hours[i] }, geometry: { type: "Point", coordinates: [this.longitude[i], this.latitude[i]] } };
  }
}

// Where fires were detected, in columns of numbers: a hundred thousand places are three arrays, and what is new comes by itself.

import { getJson } from "./api.mjs";
import { stretch } from "./geometry.mjs";

/** So many are kept here; of more, the newest. */
const MOST = 100000;

export class Spots {
  longitude = new Float64Array(MOST);
  /** Latitude as Mercator stretches it: reckoned once, not at every movement of the map. */
  northing = new Float64Array(MOST);
  /** When each was observed, hours since 1970. */
  hours = new Float64Array(MOST);
  length = 0;
  lines = [];
  /** Changes when what came before is no longer the beginning of what is there. */
  turn = 0;
  next = 0;
  leftOut = false;

  /** Ask for what was kept since; says when the newest of it was received, null when there is nothing new. */
  async refresh() {
    const told = await getJson(`v1/detections/columns${this.next ? `?after=${this.next}` : ""}`);
    if (this.length + told.observed_at.length > MOST) this.anew();
    this.take(told);
    if (told.lines.length) this.lines = [...told.lines, ...this.lines].slice(0, 300);
    this.next = told.next;
    this.leftOut ||= told.left_out;
    return told.received_at ? new Date(told.received_at * 1000).toISOString() : null;
  }

  /** The server tells the newest first; here the newest are last, so that they lie on top. */
  take({ longitude, latitude, observed_at: seen }) {
    const fits = Math.min(seen.length, MOST - this.length);
    for (let i = fits - 1; i >= 0; i -= 1, this.length += 1) {
      this.longitude[this.length] = longitude[i];
      this.northing[this.length] = stretch(latitude[i]);
      this.hours[this.length] = seen[i] / 3600;
    }
  }

  /** Forget the older half. */
  anew() {
    const kept = Math.min(this.length, MOST / 2);
    for (const column of [this.longitude, this.northing, this.hours]) column.copyWithin(0, this.length - kept, this.length);
    this.length = kept;
    this.leftOut = true;
    this.turn += 1;
  }
}

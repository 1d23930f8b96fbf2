// Hotspots of the SVG map on a canvas of its own: a hundred thousand dots are no elements.

import { AGE_HOURS } from "./picture.mjs";
import { now } from "./time.mjs";
import { stretch } from "./map-svg-camera.mjs";

export class SpotCanvas {
  constructor(camera) {
    this.camera = camera;
    this.canvas = document.createElement("canvas");
    this.spots = null;
  }

  /** Draw those in view, older ones first; of those on the same three pixels the newest. */
  draw() {
    const { canvas, camera, spots } = this;
    const [width, height] = camera.size;
    const dense = devicePixelRatio || 1;
    if (canvas.width !== width * dense || canvas.height !== height * dense) Object.assign(canvas, { width: width * dense, height: height * dense });
    // In memory: on a machine without a graphics card the other kind is slower.
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    pen.clearRect(0, 0, width, height);
    if (!spots?.length) return;
    const classes = newest(spots, camera);
    const sheet = getComputedStyle(document.documentElement);
    const size = camera.closeness() < 2 ? 4 : 6;
    for (let age = AGE_HOURS.length; age >= 0; age -= 1) {
      pen.fillStyle = sheet.getPropertyValue(`--map-age-${age}`).trim();
      pen.globalAlpha = 0.85;
      pen.beginPath();
      for (const [x, y] of classes[age]) {
        pen.moveTo(x + size / 2, y);
        pen.arc(x, y, size / 2, 0, 7);
      }
      pen.fill();
    }
  }
}

const CELL = 3;

/** Positions on the screen by age class. */
function newest(spots, camera) {
  const [width, height] = camera.size;
  const [columns, rows] = [Math.ceil(width / CELL) + 4, Math.ceil(height / CELL) + 4];
  const taken = new Uint8Array(columns * rows);
  const classes = AGE_HOURS.concat(0).map(() => []);
  const hour = now() / 3.6e6;
  for (let i = spots.length - 1; i >= 0; i -= 1) {
    const x = width / 2 + (spots.longitude[i] - camera.x) * camera.scale;
    if (x < -CELL || x > width + CELL) continue;
    const y = height / 2 + (-stretch(spots.latitude[i]) - camera.y) * camera.scale;
    if (y < -CELL || y > height + CELL) continue;
    const cell = (Math.floor(y / CELL) + 1) * columns + Math.floor(x / CELL) + 1;
    if (taken[cell]) continue;
    taken[cell] = 1;
    const age = AGE_HOURS.findIndex((limit) => hour - spots.hours[i] < limit);
    classes[age < 0 ? AGE_HOURS.length : age].push([x, y]);
  }
  return classes;
}

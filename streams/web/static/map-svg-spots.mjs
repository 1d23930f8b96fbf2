// Hotspots of the SVG map on a canvas of its own, written as pixels: a hundred thousand dots are no elements and no outlines.

import { AGE_HOURS } from "./picture.mjs";
import { now } from "./time.mjs";

/** Of hotspots on the same square of so many pixels the newest is drawn. */
const CELL = 3;
const OPAQUE = 0.85;

export class SpotCanvas {
  constructor(camera) {
    this.camera = camera;
    this.canvas = document.createElement("canvas");
    // In memory: on a machine without a graphics card the other kind is slower.
    this.pen = this.canvas.getContext("2d", { willReadFrequently: true });
    this.spots = null;
  }

  /** Draw those in view. */
  draw() {
    const { canvas, pen, spots } = this;
    const dense = devicePixelRatio || 1;
    const [width, height] = this.camera.size.map((side) => Math.round(side * dense));
    if (canvas.width !== width || canvas.height !== height) {
      Object.assign(canvas, { width, height });
      this.image = null;
    }
    if (!spots?.length && !this.image) return;
    this.image ??= pen.createImageData(width, height);
    const pixels = new Uint32Array(this.image.data.buffer);
    pixels.fill(0);
    if (spots?.length) this.stamp(pixels, width, height, dense);
    pen.putImageData(this.image, 0, 0);
  }

  /** The newest first: what lies under another is not drawn over it. */
  stamp(pixels, width, height, dense) {
    const { camera, spots } = this;
    const stamps = this.stamps((camera.closeness() < 2 ? 4 : 6) * dense, width);
    const edge = stamps.reach + 1;
    const cell = CELL * dense;
    const columns = Math.ceil(width / cell) + 1;
    const taken = new Uint8Array(columns * (Math.ceil(height / cell) + 1));
    const hour = now() / 3.6e6;
    const [left, top] = camera.pixels(0, 0).map((side) => side * dense);
    const scale = camera.scale * dense;
    for (let i = spots.length - 1; i >= 0; i -= 1) {
      const x = left + spots.longitude[i] * scale;
      const y = top - spots.northing[i] * scale;
      if (!(x >= edge && y >= edge && x < width - edge && y < height - edge)) continue;
      const square = Math.floor(y / cell) * columns + Math.floor(x / cell);
      if (taken[square]) continue;
      taken[square] = 1;
      const { steps, colours } = stamps.ages[ageOf(hour - spots.hours[i])];
      const at = Math.round(y) * width + Math.round(x);
      // The alpha is the highest byte: the stronger of two pixels stays.
      for (let j = 0; j < steps.length; j += 1) if (pixels[at + steps[j]] >>> 24 < colours[j] >>> 24) pixels[at + steps[j]] = colours[j];
    }
  }

  /** The pixels of one dot `side` wide in the colour of each age. */
  stamps(side, width) {
    const sheet = getComputedStyle(document.documentElement);
    const paints = [...AGE_HOURS, null].map((_, age) => sheet.getPropertyValue(`--map-age-${age}`).trim());
    const key = `${side} ${width} ${paints}`;
    if (this.made?.key === key) return this.made;
    const reach = Math.ceil(side / 2);
    const ages = paints.map((paint) => dot(rgb(this.pen, paint), side / 2, reach, width));
    this.made = { key, reach, ages };
    return this.made;
  }
}

const ageOf = (hours) => (hours < AGE_HOURS[0] ? 0 : hours < AGE_HOURS[1] ? 1 : hours < AGE_HOURS[2] ? 2 : 3);

/** Red, green and blue of a colour as the browser reads it. */
function rgb(pen, paint) {
  pen.fillStyle = paint;
  return [1, 3, 5].map((at) => Number.parseInt(pen.fillStyle.slice(at, at + 2), 16));
}

/** Steps through the picture from the middle of a dot, and the colour of each pixel there (alpha, blue, green, red). */
function dot([red, green, blue], radius, reach, width) {
  const [steps, colours] = [[], []];
  for (let dy = -reach; dy <= reach; dy += 1) {
    for (let dx = -reach; dx <= reach; dx += 1) {
      const covered = Math.max(0, Math.min(1, radius + 0.5 - Math.hypot(dx, dy)));
      if (!covered) continue;
      steps.push(dy * width + dx);
      colours.push(((Math.round(255 * OPAQUE * covered) << 24) | (blue << 16) | (green << 8) | red) >>> 0);
    }
  }
  return { steps: Int32Array.from(steps), colours: Uint32Array.from(colours) };
}

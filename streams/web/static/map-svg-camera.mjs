// Where the SVG map looks: middle and scale, moved by pointer, wheel and keys.

import { stretch } from "./geometry.mjs";
import { onceAfterPaint } from "./paint.mjs";

const DEEPEST = 6000;
/** What was drawn is shown so many times larger or smaller at most until it is drawn anew. */
const STRETCHED = 3;

export class Camera {
  constructor(box, moved) {
    Object.assign(this, { box, moved, x: 103, y: -32, scale: 50, home: 50, dragged: false, right: 0, drawn: null });
    this.redraw = onceAfterPaint(() => this.moved());
    this.measure();
    new ResizeObserver(() => {
      this.measure();
      if (this.fitted) this.fit(...this.fitted);
      else this.soon();
    }).observe(box);
  }

  /** The size is asked of the page when it changes only: every question lays the page out. */
  measure() { this.size = [this.box.clientWidth || 800, this.box.clientHeight || 600]; }

  /** Move the picture that is there with the next frame, which costs nothing; draw it anew once that is on the screen. */
  soon() {
    if (this.asked) return;
    this.asked = requestAnimationFrame(() => { this.asked = 0; this.preview(); this.redraw(); });
  }

  /** Where the picture that was drawn last lies now. */
  preview() {
    const { drawn, scale, box: { firstElementChild: picture } } = this;
    const times = drawn ? scale / drawn.scale : 0;
    if (times > STRETCHED || times < 1 / STRETCHED) return;
    picture.style.transform = `translate(${(drawn.x - this.x) * scale}px, ${(drawn.y - this.y) * scale}px) scale(${times})`;
  }

  /** What is drawn is what is to be seen. */
  stands() {
    this.drawn = { x: this.x, y: this.y, scale: this.scale };
    this.box.firstElementChild.style.transform = "";
  }

  /** Bring a box into view; until somebody moves the map it stays in view when the page is laid out anew. */
  fit(box, left = 0, right = 0) {
    this.fitted = [box, left, right];
    this.right = right;
    const [w, s, e, n] = box;
    const [width, height] = this.size;
    const [top, bottom] = [-stretch(n), -stretch(s)];
    this.scale = Math.min(DEEPEST, 0.94 * Math.min((width - left - right) / Math.max(1e-6, e - w), height / Math.max(1e-6, bottom - top)));
    [this.x, this.y] = [(w + e) / 2 + (right - left) / 2 / this.scale, (top + bottom) / 2];
    if (e - w > 4) this.home = this.scale;
    this.soon();
  }

  /** Scale by `factor`, what lies under `at` (pixels) staying where it is: the middle of what is not covered. */
  zoom(factor, at = [(this.size[0] - this.right) / 2, this.size[1] / 2]) {
    const scale = Math.min(DEEPEST, Math.max(this.home / 4, this.scale * factor));
    const [dx, dy] = at.map((pixel, i) => pixel - this.size[i] / 2);
    this.x += dx / this.scale - dx / scale;
    this.y += dy / this.scale - dy / scale;
    this.scale = scale;
    this.fitted = null;
    this.soon();
  }

  pan(dx, dy) {
    this.x -= dx / this.scale;
    this.y -= dy / this.scale;
    this.fitted = null;
    this.soon();
  }

  /** How many times closer than the whole region. */
  closeness() { return this.scale / this.home; }

  /** Pixels from the left and the top of a place that is `stretched` already. */
  pixels(x, northing) {
    const [width, height] = this.size;
    return [width / 2 + (x - this.x) * this.scale, height / 2 + (-northing - this.y) * this.scale];
  }

  /** The place under a pointer, longitude and latitude. */
  ground({ clientX, clientY }) {
    const { left, top } = this.box.getBoundingClientRect();
    const [width, height] = this.size;
    const [x, y] = [this.x + (clientX - left - width / 2) / this.scale, this.y + (clientY - top - height / 2) / this.scale];
    return [x, (Math.atan(Math.exp((-y * Math.PI) / 180)) * 360) / Math.PI - 90];
  }

  /** Whether a sign at these pixels can be seen. */
  holds([x, y]) { return x > -40 && y > -40 && x < this.size[0] + 40 && y < this.size[1] + 40; }

  transform() {
    const [width, height] = this.size;
    return `translate(${width / 2} ${height / 2}) scale(${this.scale}) translate(${-this.x} ${-this.y})`;
  }
}

/** Let pointers, the wheel and the arrow, + and − keys move the camera. */
export function listen(root, camera) {
  const down = new Map();
  root.addEventListener("wheel", (happened) => {
    happened.preventDefault();
    const { left, top } = root.getBoundingClientRect();
    camera.zoom(2 ** (-happened.deltaY / 300), [happened.clientX - left, happened.clientY - top]);
  }, { passive: false });
  root.addEventListener("pointerdown", (happened) => {
    down.set(happened.pointerId, [happened.clientX, happened.clientY]);
    camera.dragged = false;
  });
  root.addEventListener("pointermove", (happened) => {
    const last = down.get(happened.pointerId);
    if (!last) return;
    const [dx, dy] = [happened.clientX - last[0], happened.clientY - last[1]];
    if (!camera.dragged && Math.hypot(dx, dy) < 4) return;
    const apart = spread(down);
    camera.dragged = true;
    down.set(happened.pointerId, [happened.clientX, happened.clientY]);
    camera.pan(dx / down.size, dy / down.size);
    if (apart) camera.zoom(spread(down) / apart);
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) root.addEventListener(name, (happened) => down.delete(happened.pointerId));
  root.addEventListener("keydown", (happened) => {
    const moves = { ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 80], ArrowDown: [0, -80] };
    if (moves[happened.key]) camera.pan(...moves[happened.key]);
    else if (happened.key === "+" || happened.key === "=") camera.zoom(1.5);
    else if (happened.key === "-") camera.zoom(1 / 1.5);
    else return;
    happened.preventDefault();
  });
}

function spread(down) {
  if (down.size !== 2) return 0;
  const [[ax, ay], [bx, by]] = [...down.values()];
  return Math.hypot(ax - bx, ay - by);
}

// Hotspots of the GL map as points of one buffer that our own shader colours by age: nothing is cut into tiles, nothing made anew when time goes on.

import { AGE_HOURS } from "./picture.mjs";
import { now } from "./time.mjs";

const VERTEX = `#version 300 es
in vec2 place; in float hour;
uniform mat4 matrix; uniform float size; uniform float present; uniform vec3 limits; uniform vec3 colours[4];
out vec3 colour;
void main() {
  float age = present - hour;
  colour = age < limits.x ? colours[0] : age < limits.y ? colours[1] : age < limits.z ? colours[2] : colours[3];
  gl_Position = matrix * vec4(place, 0.0, 1.0);
  gl_PointSize = size + 1.0;
}`;
const FRAGMENT = `#version 300 es
precision highp float;
uniform float size; in vec3 colour; out vec4 painted;
void main() {
  float covered = clamp((size + 1.0) * (0.5 - length(gl_PointCoord - 0.5)), 0.0, 1.0);
  painted = vec4(colour, 1.0) * 0.85 * covered;
}`;

/** Of hotspots closer than three pixels the newest is drawn, until one is as near as this; of a larger ground than so many squares all are. */
const CELL_PX = 3;
const THINNED_TO_ZOOM = 11;
const MOST_SQUARES = 6e6;
const WORLD_PX = 512;

export class GlSpots {
  id = "hotspots";
  type = "custom";
  renderingMode = "2d";

  /** `ratio` is how many times larger than at a desk. */
  constructor(paint, ratio) {
    this.colours = new Float32Array([0, 1, 2, 3].flatMap((age) => rgb(paint[`age-${age}`])));
    this.ratio = ratio;
    this.levels = new Map();
  }

  onAdd(map, gl) {
    this.map = map;
    this.program = program(gl);
    this.at = Object.fromEntries(["matrix", "size", "present", "limits", "colours"].map((name) => [name, gl.getUniformLocation(this.program, name)]));
    this.array = gl.createVertexArray();
    this.buffer = gl.createBuffer();
    this.order = gl.createBuffer();
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.order);
    for (const [name, count, from] of [["place", 2, 0], ["hour", 1, 8]]) {
      const where = gl.getAttribLocation(this.program, name);
      gl.enableVertexAttribArray(where);
      gl.vertexAttribPointer(where, count, gl.FLOAT, false, 12, from);
    }
    gl.bindVertexArray(null);
  }

  onRemove(_map, gl) {
    gl.deleteVertexArray(this.array);
    for (const one of [this.buffer, this.order]) gl.deleteBuffer(one);
    gl.deleteProgram(this.program);
  }

  /** Take what is known now; it is drawn with the next picture. */
  take(spots) {
    this.spots = spots;
    const key = `${spots.turn} ${spots.length}`;
    if (key === this.key) return;
    this.key = key;
    this.fresh = true;
    this.levels.clear();
    this.map?.triggerRepaint();
  }

  /** Places from the first of all, as 32 bits hold the world to a few metres only. */
  columns() {
    const { longitude, northing, hours, length } = this.spots;
    const [x0, y0] = [mercator(longitude[0]), mercator(-northing[0])];
    this.hour = Math.floor(hours[length - 1]);
    this.origin = [x0, y0];
    const values = new Float32Array(3 * length);
    for (let i = 0, j = 0; i < length; i += 1, j += 3) {
      values[j] = mercator(longitude[i]) - x0;
      values[j + 1] = mercator(-northing[i]) - y0;
      values[j + 2] = hours[i] - this.hour;
    }
    return values;
  }

  /** Which are drawn at a zoom, the newest last; null for all. */
  level(zoom) {
    if (zoom > THINNED_TO_ZOOM) return null;
    if (!this.levels.has(zoom)) this.levels.set(zoom, thinned(this.spots, (WORLD_PX * 2 ** zoom) / 360 / CELL_PX));
    return this.levels.get(zoom);
  }

  render(gl, { defaultProjectionData: { mainMatrix } }) {
    if (!this.spots?.length) return;
    gl.useProgram(this.program);
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    if (this.fresh) gl.bufferData(gl.ARRAY_BUFFER, this.columns(), gl.STATIC_DRAW);
    const level = this.level(Math.floor(this.map.getZoom()));
    if (level && (this.fresh || level !== this.drawn)) gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, level, gl.STATIC_DRAW);
    if (level) this.drawn = level;
    this.fresh = false;
    gl.uniformMatrix4fv(this.at.matrix, false, moved(mainMatrix, this.origin));
    gl.uniform1f(this.at.size, this.size());
    gl.uniform1f(this.at.present, now() / 3.6e6 - this.hour);
    gl.uniform3fv(this.at.limits, AGE_HOURS);
    gl.uniform3fv(this.at.colours, this.colours);
    if (level) gl.drawElements(gl.POINTS, level.length, gl.UNSIGNED_INT, 0);
    else gl.drawArrays(gl.POINTS, 0, this.spots.length);
    gl.bindVertexArray(null);
  }

  /** Across, in device pixels: 4 over the region, 10 close by. */
  size() {
    const near = Math.max(0, Math.min(1, (this.map.getZoom() - 5) / 6));
    return (4 + 6 * near) * this.ratio * this.map.getPixelRatio();
  }
}

const mercator = (degrees) => degrees / 360 + 0.5;

/** A matrix of the world that takes places from `origin` on. */
function moved(matrix, [x, y]) {
  const told = Float32Array.from(matrix);
  for (let i = 0; i < 4; i += 1) told[12 + i] = matrix[i] * x + matrix[4 + i] * y + matrix[12 + i];
  return told;
}

/** The newest of those on one square each, `squares` to a degree; null when there would be too many squares. */
function thinned({ longitude, northing, length }, squares) {
  const box = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < length; i += 1) {
    box[0] = Math.min(box[0], longitude[i]); box[1] = Math.max(box[1], longitude[i]);
    box[2] = Math.min(box[2], northing[i]); box[3] = Math.max(box[3], northing[i]);
  }
  const columns = Math.ceil((box[1] - box[0]) * squares) + 1;
  const rows = Math.ceil((box[3] - box[2]) * squares) + 1;
  if (columns * rows > MOST_SQUARES) return null;
  const taken = new Uint8Array(columns * rows);
  const kept = new Uint32Array(length);
  let first = length;
  for (let i = length - 1; i >= 0; i -= 1) {
    const square = Math.floor((northing[i] - box[2]) * squares) * columns + Math.floor((longitude[i] - box[0]) * squares);
    if (taken[square]) continue;
    taken[square] = 1;
    first -= 1;
    kept[first] = i;
  }
  return kept.subarray(first);
}

function rgb(paint) {
  const pen = new OffscreenCanvas(1, 1).getContext("2d");
  pen.fillStyle = paint;
  return [1, 3, 5].map((at) => Number.parseInt(pen.fillStyle.slice(at, at + 2), 16) / 255);
}

function program(gl) {
  const made = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS)) throw new Error(`hotspots: ${gl.getProgramInfoLog(made)}`);
  return made;
}

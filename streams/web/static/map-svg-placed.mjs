// What keeps its size on the SVG map, signs, marks and names: none is made twice, those in view are put in their places.

import { arrange } from "./dom.mjs";
import { stretch } from "./geometry.mjs";

/** So many of those in view, the last of all, have their names beside them: more could not be read. */
const NAMED = 150;

export class Placed {
  /** `make(feature)` gives the element of one; `after()` what follows its translation; at most `most` are in view, the last of all. */
  constructor(group, camera, make, most, after = () => "") {
    Object.assign(this, { group, camera, make, most, after, all: [], made: new Map() });
  }

  /** Take features of points; one whose `key` was there before keeps its element. */
  take(features, key = ({ properties: { name } }, i) => `${i} ${name}`) {
    this.all = features.map((one, i) => ({ one, key: key(one, i), x: one.geometry.coordinates[0], northing: stretch(one.geometry.coordinates[1]) }));
    const keys = new Set(this.all.map((one) => one.key));
    for (const known of this.made.keys()) if (!keys.has(known)) this.made.delete(known);
  }

  /** Of these features the elements are made anew at the next drawing. */
  remake(features) {
    for (const { one, key } of this.all) if (features.includes(one)) this.made.delete(key);
  }

  /** Put those in view in their places; none while they are not `shown`. */
  draw(shown = true) {
    const seen = [];
    const end = this.after();
    for (let i = shown ? this.all.length - 1 : -1; i >= 0 && seen.length < this.most; i -= 1) {
      const { one, key, x, northing } = this.all[i];
      const at = this.camera.pixels(x, northing);
      if (!this.camera.holds(at)) continue;
      if (!this.made.has(key)) this.made.set(key, this.make(one));
      const node = this.made.get(key);
      node.setAttribute("transform", `translate(${at[0].toFixed(1)} ${at[1].toFixed(1)})${end}`);
      node.classList.toggle("nameless", seen.length >= NAMED);
      seen.push(node);
    }
    arrange(this.group, seen.reverse());
  }
}

// The picture on the wall (`?wall`): nobody sits before it, so it opens the gravest fire by itself and shows nothing to press.

import { isLive } from "./grade.mjs";

export class Wall {
  /** `open(id)` shows an alert, `shown()` says which is. */
  constructor(store, open, shown) {
    Object.assign(this, { store, open, shown });
    this.on = new URLSearchParams(location.search).has("wall");
    document.body.classList.toggle("wall", this.on);
  }

  /** Show the gravest graded fire, the one seen last among equals; `anew` also when it is shown already. */
  follow(anew = false) {
    if (!this.on) return;
    const first = this.store.inOrder().find((one) => isLive(one) && one.grade !== "task");
    if (first && (anew || first.alert_id !== this.shown())) this.open(first.alert_id);
  }
}

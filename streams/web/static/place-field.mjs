// 小地名: type Chinese, pinyin, initials or a position; arrows choose, Enter takes. The list is a WAI-ARIA combobox.

import { getJson } from "./api.mjs";
import { el, fill } from "./dom.mjs";
import { t } from "./text.mjs";

const PAUSE_MS = 120;
const POSITION = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*[,，\s]\s*(-?\d{1,2}(?:\.\d+)?)\s*$/;

export class PlaceField {
  /** `took()` is called when a place was chosen. */
  constructor(id, took) {
    Object.assign(this, { took, at: null, name: "", found: [], active: 0, asked: 0 });
    this.list = el("ul", { id: `${id}-list`, role: "listbox", class: "found", hidden: true, "aria-label": t("call.place") });
    this.input = el("input", {
      id, role: "combobox", "aria-expanded": "false", "aria-controls": `${id}-list`, "aria-autocomplete": "list", autocomplete: "off", maxlength: 100,
      oninput: () => this.typed(), onkeydown: (happened) => this.key(happened),
    });
    this.node = el("div", { class: "place-field" }, el("label", { for: id }, t("call.place")), this.input, this.list);
  }

  typed() {
    this.at = null;
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.search(), PAUSE_MS);
  }

  async search() {
    const text = this.input.value.trim();
    const typed = POSITION.exec(text);
    if (typed) return this.show([{ name: text, longitude: Number(typed[1]), latitude: Number(typed[2]), kind: "" }]);
    if (!text) return this.show([]);
    this.asked += 1;
    const turn = this.asked;
    const { names } = await getJson(`v1/place-names?limit=8&q=${encodeURIComponent(text)}`).catch(() => ({ names: [] }));
    return turn === this.asked ? this.show(names) : undefined;
  }

  show(found) {
    this.found = found;
    this.active = 0;
    this.list.hidden = !found.length;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    fill(this.list, found.map((one, i) => el("li", { role: "option", id: `${this.input.id}-${i}`, onmousedown: (happened) => { happened.preventDefault(); this.take(i); } },
      one.name, " ", el("small", {}, one.within ?? `${Number(one.longitude).toFixed(3)}, ${Number(one.latitude).toFixed(3)}`))));
    this.mark();
  }

  mark() {
    [...this.list.children].forEach((one, i) => one.setAttribute("aria-selected", String(i === this.active)));
    if (this.found.length) this.input.setAttribute("aria-activedescendant", `${this.input.id}-${this.active}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  key(happened) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[happened.key];
    if (step && this.found.length) {
      happened.preventDefault();
      this.active = (this.active + step + this.found.length) % this.found.length;
      this.mark();
    } else if (happened.key === "Enter" && !this.at) {
      happened.preventDefault();
      if (this.found.length) this.take(this.active);
    }
  }

  /** Take a place that was picked or kept: where, and what it is called. */
  set(at, name = "") {
    Object.assign(this, { at, name });
    this.input.value = name || at.join(", ");
    this.show([]);
  }

  take(i) {
    const one = this.found[i];
    this.at = [one.longitude, one.latitude];
    this.name = one.kind === "" ? "" : one.name;
    this.input.value = one.name;
    this.show([]);
    this.took();
  }
}

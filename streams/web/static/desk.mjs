// The officer's desk: one key each for a call, the queue and the handover; nothing of it for who may only read.

import { Accounts } from "./accounts.mjs";
import { Call } from "./call.mjs";
import { Calls } from "./calls.mjs";
import { Handover } from "./handover.mjs";
import { PestTraps } from "./pest-traps.mjs";
import { Queue } from "./queue.mjs";
import { askWho, may, who } from "./session.mjs";
import { Sound } from "./sound.mjs";
import { t } from "./text.mjs";

/** Keys of what whoever may read may open. */
const OPEN = new Set(["q", "t"]);

const by = (id) => document.getElementById(id);

export class Desk {
  /** `open(alertId)` shows an alert. */
  constructor(store, open) {
    this.sound = new Sound(store);
    this.panels = { n: new Call(store, open, () => this.press("c")), c: new Calls(store, open), q: new Queue(store, open), h: new Handover(), t: new PestTraps(), u: new Accounts() };
    const buttons = { n: "desk-call", q: "desk-queue", h: "desk-handover", t: "desk-traps", u: "desk-accounts" };
    by("more").addEventListener("click", () => {
      const open = by("more").parentElement.classList.toggle("unfolded");
      by("more").setAttribute("aria-expanded", String(open));
    });
    for (const [key, id] of Object.entries(buttons)) by(id).addEventListener("click", () => this.press(key));
  }

  /** What may be done here, once it is known who sits here. */
  start() {
    const officer = may("operator", "admin");
    document.body.classList.toggle("officer", officer);
    by("desk-call").hidden = !officer;
    by("desk-handover").hidden = !officer;
    by("desk-accounts").hidden = !may("admin");
    this.sound.start(officer);
    this.words();
  }

  words() {
    const keys = [["desk-call", "N"], ["desk-queue", "Q"], ["desk-handover", "H"], ["desk-traps", "T"], ["desk-accounts", "U"]];
    for (const [id, key] of keys) by(id).title = t("desk.key", { key });
    this.sound.words();
  }

  /** Open the panel of a key, or the sign-in where nobody is; true when there is one. */
  press(key) {
    const panel = this.panels[key];
    if (panel && !OPEN.has(key) && !who()) { askWho(); return true; }
    if (!panel || (key === "u" && !may("admin")) || (!OPEN.has(key) && !may("operator", "admin"))) return false;
    panel.show();
    return true;
  }
}

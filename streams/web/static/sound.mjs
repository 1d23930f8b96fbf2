// Sound for grades I and II and for a silent server. Browsers let a page sound only after a click: until then a red bar.

import { say } from "./dom.mjs";
import { t } from "./text.mjs";

const TONES = { I: [880, 660, 880, 660, 880, 660], II: [660, 660], "cut-off": [440, 330, 440, 330] };
const TONE_S = 0.22;
const AGAIN_MS = 15000;

const by = (id) => document.getElementById(id);

export class Sound {
  constructor(store) {
    Object.assign(this, { store, context: null, officer: false });
    by("sound").addEventListener("click", () => this.arm());
    store.addEventListener("alerts", ({ detail: { fresh } }) => this.heard(fresh));
    store.addEventListener("link", () => this.link());
  }

  start(officer) {
    this.officer = officer;
    this.words();
  }

  /** The click at the start of the shift: a short tone proves it. */
  async arm() {
    if (!this.context) {
      this.context = new AudioContext();
      // A machine that slept, or a browser that takes the sound away: the bar is there again.
      this.context.addEventListener("statechange", () => this.words());
    }
    await this.context.resume();
    this.play([660]);
    this.words();
  }

  get armed() { return this.context?.state === "running"; }

  words() {
    by("sound").hidden = !this.officer || this.armed;
    say(by("sound"), t("sound.arm"));
    by("sound").classList.toggle("cut-off", true);
  }

  heard(fresh) {
    const worst = ["I", "II"].find((grade) => fresh.some((one) => one.grade === grade && (one.action === "new" || one.action === "upgrade")));
    if (worst) this.play(TONES[worst]);
  }

  link() {
    clearInterval(this.again);
    // A session that ended tells as little as a server that is gone.
    if (!this.store.cutOff && this.store.link !== "needs-key") return;
    this.play(TONES["cut-off"]);
    this.again = setInterval(() => this.play(TONES["cut-off"]), AGAIN_MS);
  }

  play(tones) {
    if (!this.armed) return;
    const start = this.context.currentTime + 0.02;
    tones.forEach((pitch, i) => {
      const [tone, gain] = [this.context.createOscillator(), this.context.createGain()];
      tone.frequency.value = pitch;
      gain.gain.value = 0.25;
      tone.connect(gain).connect(this.context.destination);
      tone.start(start + i * TONE_S);
      tone.stop(start + (i + 0.85) * TONE_S);
    });
    const { dataset } = document.documentElement;
    dataset.sounded = String(Number(dataset.sounded ?? 0) + 1);
  }
}

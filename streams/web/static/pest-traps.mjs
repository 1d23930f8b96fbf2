// Every trap that was ever read: which are due by their own rhythm, the series of each, the way to the phone page.

import { getJson } from "./api.mjs";
import { el, fill } from "./dom.mjs";
import { choice, field, panel } from "./form.mjs";
import { seasonOf, weeksOf } from "./pests.mjs";
import { may } from "./session.mjs";
import { number, t } from "./text.mjs";
import { dateTime } from "./time.mjs";

const day = (at) => dateTime(at).slice(0, 10);
const plain = ({ name, source }) => name || source.replace(/^trap\//, "");
/** Due ones first, then by name, 2号 before 10号. */
const inOrder = (a, b) => b.is_due - a.is_due || plain(a).localeCompare(plain(b), "zh", { numeric: true });

export class PestTraps {
  async show() {
    const { body } = panel("pest-traps", "pests.title");
    const shown = el("div", { class: "pests" });
    const links = el("p", { class: "links" }, may("ranger", "operator", "admin") ? el("a", { href: "traps.html", class: "round" }, t("pests.round")) : null,
      el("a", { href: "v1/traps/template", download: "traps.csv" }, t("pests.template")));
    fill(body, links, el("p", { class: "quiet", role: "status" }, t("timeline.loading")));
    const traps = (await getJson("v1/pests/traps").catch(() => null))?.traps.toSorted(inOrder);
    if (!traps) { fill(body, links, el("p", { class: "wrong", role: "alert" }, t("pests.unreadable"))); return; }
    if (!traps.length) { fill(body, links, el("p", { class: "quiet" }, t("pests.none"))); return; }
    const pick = choice(traps.map((one, i) => [i, `${plain(one)} · ${wordOf(one)}`]), { id: "pest-trap", onchange: (happened) => this.draw(shown, traps[Number(happened.target.value)]) });
    fill(body, links, field("pests.of_trap", pick), shown);
    pick.focus();
    await this.draw(shown, traps[0]);
  }

  async draw(box, trap) {
    this.asked = trap.source;
    const told = await getJson(`v1/pests/series?trap=${encodeURIComponent(trap.source)}`).catch(() => null);
    if (this.asked !== trap.source) return;
    if (!told) { fill(box, el("p", { class: "wrong", role: "alert" }, t("pests.unreadable"))); return; }
    const one = told.traps.find((other) => other.species === trap.species);
    fill(box, el("p", { class: "quiet" }, [one?.chinese && document.documentElement.lang.startsWith("zh") ? one.chinese : trap.species, t("pests.last", { day: day(trap.last_at) }),
      t("pests.rhythm", { d: number(trap.rhythm_d) }), wordOf(trap)].join(" · ")),
    one ? weeksOf(one, told) : el("p", { class: "quiet" }, t("pests.no_weeks")),
    el("section", { class: "pest-part" }, el("h3", {}, t("pests.season")), seasonOf(told.season, null)));
  }
}

const wordOf = (trap) => t(trap.is_due ? "pests.due_since" : "pests.due_next", { day: day(trap.due_at) });

// What a fire cost and what only people can say of it, as far as it is known; what is left open stays as it was.

import { el } from "./dom.mjs";
import { choice, field } from "./form.mjs";
import { t } from "./text.mjs";
import { wall } from "./time.mjs";

const FIGURES = ["area_ha", "deaths", "serious_injuries", "loss_cny"];
const ASKED = ["is_dangerous", "is_told_elsewhere"];
const HELPERS = ["province", "state"];

/** The form; `give` sends the act. */
export function figuresForm(give) {
  const numbers = FIGURES.map((name) => el("input", { id: `work-${name}`, type: "number", min: 0, step: name === "area_ha" ? 0.1 : 1 }));
  const open = ["", t("work.unsaid")];
  const asked = ASKED.map((name) => choice([open, ["true", t("work.is.yes")], ["false", t("work.is.no")]], { id: `work-${name}` }));
  const support = choice([open, ["none", t("work.support.none")], ...HELPERS.map((one) => [one, t(`level.${one}`)])], { id: "work-needs_support" });
  const sent = el("input", { id: "work-reported", type: "checkbox" });
  const submit = (happened) => {
    happened.preventDefault();
    const said = {};
    FIGURES.forEach((name, i) => { if (numbers[i].value !== "") said[name] = Number(numbers[i].value); });
    ASKED.forEach((name, i) => { if (asked[i].value) said[name] = asked[i].value === "true"; });
    if (support.value) said.needs_support = support.value === "none" ? [] : [support.value];
    if (sent.checked) said.reported_at = new Date(wall()).toISOString();
    give({ act: "figures", ...said });
  };
  return el("form", { onsubmit: submit },
    el("div", { class: "pair" }, FIGURES.map((name, i) => field(`work.${name}`, numbers[i]))),
    el("div", { class: "pair" }, ASKED.map((name, i) => field(`work.${name}`, asked[i])), field("work.needs_support", support), field("work.reported", sent)),
    el("button", { type: "submit" }, t("work.figures")));
}

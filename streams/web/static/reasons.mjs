// Reasons in words: one sentence for each code, and the figures that belong to it.

import { el } from "./dom.mjs";
import { GRADES, mark } from "./grade.mjs";
import { has, number, t } from "./text.mjs";

const figure = (value, unit) => `${number(value, 3)}${unit ? ` ${unitWord(unit)}` : ""}`;

/** A unit in words; one that has none as it came. */
export const unitWord = (unit) => {
  const key = [`unit.${unit}`, `pests.measure.${unit}`].find(has);
  return key ? t(key) : unit;
};

/** The sentence of a reason; a code that this page does not know is shown as it came. */
export function sentence(reason) {
  const key = `reason.${reason.code}`;
  const values = { ref: reason.ref ?? "", rule: reason.rule ?? "", detail: reason.detail ?? "", value: number(reason.value ?? null, 3) };
  return has(key) ? t(key, values) : t("reason.unknown", { code: reason.code });
}

/** Value, threshold and margin with their unit, as far as they are given. */
export function figures(reason) {
  const next = /^to (IV|I{1,3})$/.exec(reason.unit ?? "")?.[1];
  const label = (name) => (name === "margin" && next ? t("figure.to_grade", { g: mark(next) }) : t(`figure.${name}`));
  return ["value", "threshold", "margin"]
    .filter((name) => reason[name] !== undefined && reason[name] !== null)
    // Sure enough for the next grade, held back by its other conditions: nothing is missing here.
    .filter((name) => !(name === "margin" && next && reason.margin <= 0))
    .map((name) => `${label(name)} ${figure(reason[name], next ? "" : reason.unit)}`)
    .join(" · ");
}

/** What a rule is called: a grade, a class of source, else its own name. */
export function ruleWord(rule) {
  if (GRADES.includes(rule)) return t(`grade.short.${rule}`);
  for (const key of [`source.${rule}`, `rule.${rule}`]) if (has(key)) return t(key);
  return rule;
}

/** One entry for whoever sets thresholds: the sentence, and in small the figures, the rule and the code that stands in files. */
export const reasonOfRule = (reason) => el("li", {}, el("span", {}, sentence(reason)),
  el("small", {}, [figures(reason), reason.rule && ruleWord(reason.rule), reason.code].filter(Boolean).join(" · ")));

/** One list entry. */
export function reasonItem(reason) {
  const extra = [reason.rule && `${t("figure.rule")} ${ruleWord(reason.rule)}`, reason.ref && `${t(reason.code === "grade_rule" ? "figure.table" : "figure.ref")} ${reason.ref}`, reason.detail && ruleWord(reason.detail)];
  const small = [figures(reason), ...extra].filter(Boolean).join(" · ");
  return el("li", {}, el("span", {}, sentence(reason)), small ? el("small", {}, small) : null);
}

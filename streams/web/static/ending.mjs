// Close, re-open and silence: each with its reason, each once more asked, for none of them is told again by itself.

import { el } from "./dom.mjs";
import { choice, field } from "./form.mjs";
import { isLive } from "./grade.mjs";
import { t } from "./text.mjs";
import { wall } from "./time.mjs";

const HOURS = [1, 3, 6, 12, 24];
const GRADES = ["III", "IV", "task"];

/** The forms that end, open again or silence `alert`; `give(body)` sends the act. */
export function ending(alert, told, give) {
  const { reasons = [], feedback } = told.incident ?? {};
  const ended = reasons.some((one) => one.code === "declared_out") || (feedback?.ruling === "no_fire" && !feedback.overcome);
  return [ended ? reopen(give) : isLive(alert) && alert.kind === "fire" ? close(give) : null, isLive(alert) ? silence(give) : null];
}

const on = (make) => (happened) => { happened.preventDefault(); make(); };

function close(give) {
  const text = el("input", { id: "work-out-text", maxlength: 400, required: true, autocomplete: "off" });
  return el("form", { class: "one-line", onsubmit: on(() => give({ act: "out", text: text.value })) },
    field("work.out_text", text), el("button", { type: "submit" }, t("work.out")));
}

function reopen(give) {
  const text = el("input", { id: "work-reopen-text", maxlength: 400, required: true, autocomplete: "off" });
  return el("form", { class: "one-line", onsubmit: on(() => give({ act: "reopen", text: text.value })) },
    field("work.reopen_text", text), el("button", { type: "submit" }, t("work.reopen")));
}

function silence(give) {
  const text = el("input", { id: "work-silence-text", maxlength: 200, required: true, autocomplete: "off" });
  const hours = choice(HOURS.map((one) => [one, t("work.hours", { h: one })]), { id: "work-silence-hours" });
  const upTo = choice(GRADES.map((one) => [one, t(`grade.short.${one}`)]), { id: "work-silence-up-to" });
  const made = () => give({ act: "silence", text: text.value, up_to: upTo.value, until: new Date(wall() + hours.value * 3600000 - 30000).toISOString() });
  return el("form", { onsubmit: on(made) }, field("work.silence_text", text),
    el("div", { class: "pair" }, field("work.silence_hours", hours), field("work.silence_up_to", upTo)),
    el("p", { class: "quiet" }, t("work.silence_limits")), el("button", { type: "submit" }, t("work.silence")));
}

// What an officer does about the opened incident: answer it, see it, send somebody, correct, join, part, end or silence it, take a word back.
// Every word goes with the number of the last one that this page knew: who was first is told instead of overwritten.

import { send } from "./api.mjs";
import { howFar, nearest } from "./contacts.mjs";
import { el, fill, say } from "./dom.mjs";
import { ending } from "./ending.mjs";
import { figuresForm } from "./figures.mjs";
import { choice, field, outcome, tell } from "./form.mjs";
import { isLive, shortPlace } from "./grade.mjs";
import { releaseForm } from "./release.mjs";
import { may, person } from "./session.mjs";
import { splitForm } from "./split.mjs";
import { has, t } from "./text.mjs";
import { undoForm } from "./undo.mjs";

const CODES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const OFFICES = ["field", "county", "city", "province"];
const LANDS = ["forest", "grassland", "other"];

/** The forms, for `alert` whose story is `told`; `done()` after each word. Nothing for who may only read. */
export function work(alert, told, store, done) {
  if (!may("operator", "admin", "ranger")) return null;
  const line = outcome();
  const parts = [verdictForm(alert, told, line, done)];
  const act = (body) => give("v1/acts", { incident_id: alert.incident_id, author: person(), ...body }, told, line, done);
  if (may("operator", "admin")) parts.push(buttons(alert, told, line, done), sendForm(alert, told, line, done), actForms(alert, told, store, act), releaseForm(alert, (body) => give("v1/releases", body, told, line, done)), undoForm(told, act));
  return el("div", { class: "work" }, said(told), parts, line);
}

/** What was said so far, by whom. */
const said = (told) => (told?.words?.length
  ? el("ul", { class: "words" }, told.words.slice(-5).map((one) => el("li", {}, `${one.person || one.who}: ${one.what}`))) : null);

async function give(path, body, told, line, done) {
  say(line, t("desk.sending"));
  const known = told?.words?.at(-1)?.number ?? 0;
  const answer = await send("POST", path, body, { "If-Match": `"${known}"` }).catch(() => ({ status: 0, told: {} }));
  tell(line, answer);
  const open = answer.told.judged === false ? answer.told.act_id ?? answer.told.verdict_id : "";
  await done(line.textContent, line.classList.contains("wrong"), open);
}

function verdictForm(alert, told, line, done) {
  const codes = CODES.filter((code) => has(`feedback.${code}`));
  const code = choice(codes.map((one) => [one, `${one} ${t(`feedback.${one}`)}`]), { id: "work-code" });
  const level = choice((may("operator", "admin") ? OFFICES : OFFICES.slice(0, 1)).map((one) => [one, t(`work.level.${one}`)]), { id: "work-level" });
  if (may("operator", "admin")) level.value = "county";
  const text = el("input", { id: "work-text", maxlength: 400, autocomplete: "off" });
  const submit = (happened) => {
    happened.preventDefault();
    give("v1/verdicts", { incident_id: alert.incident_id, code: Number(code.value), level: level.value, author: person(), text: text.value }, told, line, done);
  };
  return el("form", { class: "verdict", onsubmit: submit }, el("div", { class: "pair" }, field("work.code", code), field("work.level", level)),
    field("work.text", text), el("button", { type: "submit" }, t("work.answer")));
}

const buttons = (alert, told, line, done) => el("p", { class: "buttons" },
  el("button", { type: "button", class: "plain", onclick: () => give("v1/tasks", { do: "seen", incident_id: alert.incident_id }, told, line, done) }, t("work.seen")));

function sendForm(alert, told, line, done) {
  const who = el("select", { id: "work-who" });
  const form = el("form", { class: "one-line", hidden: true, onsubmit: (happened) => {
    happened.preventDefault();
    give("v1/tasks", { do: "assign", incident_id: alert.incident_id, alert_id: alert.alert_id, to: who.value }, told, line, done);
  } }, field("work.who", who), el("button", { type: "submit" }, t("work.send")));
  nearest(alert).then((every) => {
    form.hidden = !every.length;
    fill(who, every.map((one) => el("option", { value: one.name }, [one.name, one.phone, howFar(one)].filter(Boolean).join(" · "))));
  });
  return form;
}

/** What can be done to an incident of this kind: nothing to a lost source, little to an outbreak, all to a fire. */
function actForms(alert, told, store, give) {
  if (alert.kind === "blind") return null;
  if (alert.kind !== "fire") return el("details", { class: "acts" }, el("summary", {}, t("work.more")), ending(alert, told, give));
  const others = [...store.alerts.values()].filter((one) => isLive(one) && one.kind === alert.kind && one.incident_id !== alert.incident_id);
  const act = (name, more) => (happened) => {
    happened.preventDefault();
    give({ act: name, ...more() });
  };
  const land = choice(LANDS.map((one) => [one, t(`work.land.${one}`)]), { id: "work-land" });
  const other = choice(others.slice(0, 200).map((one) => [one.incident_id, `${one.short_code} ${shortPlace(one)}`]), { id: "work-other" });
  const where = el("input", { id: "work-where", maxlength: 40, autocomplete: "off", pattern: "\\s*-?[0-9.]+\\s*,\\s*-?[0-9.]+\\s*", required: true });
  const moved = () => { const [longitude, latitude] = where.value.split(",").map(Number); return { frame: "wgs84", longitude, latitude }; };
  return el("details", { class: "acts" }, el("summary", {}, t("work.more")),
    figuresForm(give),
    el("form", { class: "one-line", onsubmit: act("relocate", moved) }, field("work.where", where), el("button", { type: "submit" }, t("work.relocate"))),
    el("form", { class: "one-line", onsubmit: act("relabel", () => ({ land: land.value })) }, field("work.land", land), el("button", { type: "submit" }, t("work.relabel"))),
    others.length ? el("form", { class: "one-line", onsubmit: act("merge", () => ({ other_id: other.value })) }, field("work.other", other), el("button", { type: "submit" }, t("work.merge"))) : null,
    splitForm(told, give), ending(alert, told, give));
}

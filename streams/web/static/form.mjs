// Parts of forms: a labelled field, a choice, a line that says what became of it; and how a refusal is put in words.

import { el, say } from "./dom.mjs";
import { current, has, t } from "./text.mjs";

/** A label over its field; `name` is the key of its words. */
export const field = (name, input) => el("label", {}, el("span", {}, t(name)), input);

/** A choice among `[value, words]`. */
export const choice = (options, properties = {}) => el("select", properties,
  options.map(([value, words]) => el("option", { value }, words)));

/** A line in which the outcome is said aloud. */
export const outcome = () => el("p", { class: "outcome", role: "status" });

/** Say `text` in `line`: nothing is kept yet, so not in the colour of what is; `wrong` where it keeps from going on. */
export function remark(line, text, tone = "open") {
  line.classList.toggle("wrong", tone === "wrong");
  line.classList.toggle("open", tone === "open");
  say(line, text);
}

/** A value of a refusal in words: an office, a role, else as it came. */
const valueWord = (value) => {
  if (Array.isArray(value)) return value.map(valueWord).join(t("page.between"));
  const key = [`level.${value}`, `role.${value}`].find(has);
  return key ? t(key) : String(value);
};

/** Why the server refused, in words of this page; the server's own English in brackets where there are none for it. */
export function refusal({ status, told }) {
  const { code, ...values } = told.reason ?? {};
  const key = [`refused.${code}`, `reason.${code}`].find(has);
  if (key) return t(key, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, valueWord(value)])));
  if (!told.detail) return status ? String(status) : t("refused.unanswered");
  return current() === "en" ? told.detail : `${status}（${t("refused.other", { detail: told.detail })}）`;
}

/** Say that it was taken, or why not, in `line`; true when it was. */
export function tell(line, { status, told }) {
  const taken = status >= 200 && status < 300;
  line.classList.toggle("wrong", !taken);
  line.classList.remove("open");
  if (taken) say(line, t("desk.taken"));
  else if (status === 409 && told.first) say(line, t("desk.first", { who: told.first.person || told.first.who, what: told.first.what }));
  else say(line, t("desk.refused", { why: refusal({ status, told }) }));
  return taken;
}

/** A panel over the page: its title, what `draw` puts in, closed by Escape or its button. */
export function panel(id, title) {
  const body = el("div", { class: "panel-body" });
  const shut = el("button", { type: "button", class: "plain shut", "aria-label": t("detail.close"), onclick: () => box.close() }, "×");
  const box = el("dialog", { id, class: "panel", "aria-labelledby": `${id}-title` },
    el("h2", { id: `${id}-title` }, t(title)), shut, body);
  document.getElementById(id)?.remove();
  document.body.append(box);
  box.showModal();
  return { box, body };
}

// Who sits here: signing in by name or key, and out again; the form asks for a code or a new password when it must.

import { send, whoAmI } from "./api.mjs";
import { el, say } from "./dom.mjs";
import { dropDraft } from "./draft.mjs";
import { t } from "./text.mjs";

const by = (id) => document.getElementById(id);
let me = { who: "", person: "", roles: [], areas: [] };

/** Whether the person here has one of `roles`. */
export const may = (...roles) => roles.some((role) => me.roles.includes(role));

/** Who is signed in; empty: nobody. */
export const who = () => me.who;

/** The name that signs what is said here. */
export const person = () => me.person || me.who;

/** Ask the server who we are; `nameButton` shows it. */
export async function takeSession() {
  me = await whoAmI().catch(() => me);
}

/** The button says who is signed in and signs out, or signs in. */
export function nameButton() {
  say(by("person"), me.who ? t("sign_in.out", { name: person() }) : t("sign_in.title"));
  by("person").title = by("person").textContent;
  by("person").onclick = async () => {
    if (!me.who) return askWho();
    dropDraft();
    await send("DELETE", "v1/session", null);
    location.reload();
    return undefined;
  };
}

/** Open the form; the page starts anew once the server takes what is given. */
export function askWho() {
  const shown = by("sign-in");
  const box = shown?.open ? shown : form();
  if (!box.open) box.showModal();
  box.querySelector("form").onsubmit = (happened) => { happened.preventDefault(); give(); };
}

/** The form as every page shows it, in the language that the page speaks now. */
function form() {
  by("sign-in")?.remove();
  const line = (words, input, hidden = false) => el("label", { id: `${input.id}-line`, hidden }, el("span", {}, words), input);
  const field = (id, properties) => el("input", { id, ...properties });
  const secret = (id, autocomplete) => field(id, { type: "password", autocomplete });
  const box = el("dialog", { id: "sign-in", "aria-labelledby": "sign-in-title" }, el("form", { method: "dialog" },
    el("h2", { id: "sign-in-title" }, t("sign_in.title")),
    line(t("sign_in.name"), field("name", { autocomplete: "username", autocapitalize: "none", spellcheck: "false" })),
    line(t("sign_in.password"), secret("password", "current-password")),
    line(t("sign_in.code"), field("code", { inputmode: "numeric", autocomplete: "one-time-code" }), true),
    line(t("sign_in.new"), secret("new-password", "new-password"), true),
    el("details", { id: "key-part" }, el("summary", {}, t("sign_in.with_key")), line(t("sign_in.key"), secret("key", "off"))),
    el("p", { id: "sign-in-wrong", class: "wrong", role: "alert", hidden: true }),
    el("button", { type: "submit" }, t("sign_in.go"))));
  document.body.append(box);
  return box;
}

async function give() {
  const go = by("sign-in").querySelector("[type=submit]");
  by("sign-in-wrong").hidden = go.disabled = true;
  const key = by("key").value;
  const wanted = { code: by("code").value, new_password: by("new-password").value };
  const body = key ? { key } : { name: by("name").value, password: by("password").value, ...wanted };
  const { status, told } = await send("POST", "v1/session", body).catch(() => ({ status: 0, told: {} }));
  go.disabled = false;
  if (status === 201) location.reload();
  else refused(status, told.detail ?? "");
}

function refused(status, detail) {
  const [word] = /^(code_needed|password_old)/.exec(detail) ?? [];
  by("code-line").hidden &&= word !== "code_needed";
  by("new-password-line").hidden &&= word !== "password_old";
  const key = word ?? { 401: "wrong", 422: "weak", 429: "too_many" }[status] ?? "failed";
  by("sign-in-wrong").hidden = false;
  say(by("sign-in-wrong"), t(`sign_in.${key}`));
  (word === "code_needed" ? by("code") : word === "password_old" ? by("new-password") : by("password")).focus();
}

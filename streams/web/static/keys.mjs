// Keys of programs: an administrator makes one, which is on the page once and gone with the panel, sees them all, revokes.

import { getJson, send } from "./api.mjs";
import { el, fill, say } from "./dom.mjs";
import { field, outcome, tell } from "./form.mjs";
import { ROLES, areasOf } from "./roles.mjs";
import { who } from "./session.mjs";
import { t } from "./text.mjs";
import { dateTime } from "./time.mjs";

export class Keys {
  constructor() {
    this.line = outcome();
    this.once = el("output", { class: "once", id: "key-once" });
    this.list = el("ul", { class: "accounts keys" });
  }

  /** The part of the panel that is about keys. */
  part() {
    return el("section", { "aria-labelledby": "keys-title" }, el("h3", { id: "keys-title" }, t("keys.title")), el("p", { class: "quiet" }, t("keys.what")),
      this.form(), this.line, this.once, this.list);
  }

  form() {
    const note = el("input", { id: "key-note", required: true, maxlength: 200, autocomplete: "off" });
    const role = el("select", { id: "key-role", multiple: true, size: 4, required: true }, ROLES.map((name) => el("option", { value: name }, t(`role.${name}`))));
    const areas = el("input", { id: "key-areas", maxlength: 400, autocomplete: "off" });
    const days = el("input", { id: "key-days", type: "number", min: 1, max: 3650, step: 1 });
    return el("form", { onsubmit: (happened) => {
      happened.preventDefault();
      const ends = days.value === "" ? {} : { days: Number(days.value) };
      this.ask("POST", "v1/keys", { note: note.value, roles: [...role.selectedOptions].map((one) => one.value), areas: areasOf(areas.value), ...ends });
    } }, el("div", { class: "pair" }, field("keys.note", note), field("accounts.days", days)),
    el("div", { class: "pair" }, field("accounts.role", role), field("accounts.areas", areas)), el("button", { type: "submit" }, t("keys.make")));
  }

  async ask(method, path, body) {
    say(this.once, "");
    const answer = await send(method, path, body).catch(() => ({ status: 0, told: {} }));
    if (tell(this.line, answer) && answer.told.key) say(this.once, t("keys.once", { key: answer.told.key }));
    await this.draw();
  }

  /** Those in force first; what is over stays listed, for the audit log names it. */
  async draw() {
    const { keys } = await getJson("v1/keys").catch(() => ({}));
    if (!keys) { fill(this.list, el("li", { class: "wrong" }, t("desk.unread"))); return; }
    const over = (one) => Number(one.state !== "in force");
    fill(this.list, [...keys].sort((a, b) => over(a) - over(b) || b.created_at.localeCompare(a.created_at)).map((one) => this.item(one)));
  }

  item(one) {
    const revoke = el("button", { type: "button", class: "plain", onclick: () => this.ask("DELETE", `v1/keys/${encodeURIComponent(one.key_id)}`, null) }, t("keys.revoke"));
    return el("li", { "data-key": one.key_id }, el("span", {}, el("strong", {}, one.note || one.key_id), one.key_id === who() ? ` (${t("accounts.self")})` : ""),
      el("small", {}, [t(`keys.state.${one.state.replace(" ", "_")}`), one.key_id, one.roles.map((role) => t(`role.${role}`)).join(t("page.between")),
        one.areas.length ? one.areas.join(", ") : t("accounts.everywhere"), t("keys.made", { at: dateTime(one.created_at) }),
        one.expires_at ? t("accounts.until", { at: dateTime(one.expires_at) }) : ""].filter(Boolean).join(" · ")),
      one.state === "in force" && one.key_id !== who() ? el("p", { class: "buttons" }, revoke) : null);
  }
}

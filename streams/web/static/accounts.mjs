// Accounts: an administrator adds people, gives roles and areas, resets, locks. A password is on the page once and gone with the panel.

import { getJson, send } from "./api.mjs";
import { el, fill, say } from "./dom.mjs";
import { choice, field, outcome, panel, tell } from "./form.mjs";
import { Keys } from "./keys.mjs";
import { ROLES, areasOf } from "./roles.mjs";
import { person } from "./session.mjs";
import { t } from "./text.mjs";
import { dateTime } from "./time.mjs";

const ACTS = ["password", "totp", "totp_off"];

export class Accounts {
  async show() {
    const { box, body } = panel("accounts", "accounts.title");
    this.line = outcome();
    this.once = el("output", { class: "once" });
    this.list = el("ul", { class: "accounts" });
    box.addEventListener("close", () => box.remove()); // What was shown once goes with it.
    const keys = new Keys();
    fill(body, this.form(), this.line, this.once, el("h3", {}, t("accounts.all")), this.list, keys.part());
    this.name.focus();
    await Promise.all([this.draw(), keys.draw()]);
  }

  form() {
    this.name = el("input", { id: "account-name", required: true, pattern: "[a-z0-9][a-z0-9._\\-]{1,39}", maxlength: 40, autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
    const who = el("input", { id: "account-person", maxlength: 60, autocomplete: "off" });
    const role = choice(ROLES.map((one) => [one, t(`role.${one}`)]), { id: "account-role" });
    const areas = el("input", { id: "account-areas", maxlength: 400, autocomplete: "off" });
    const days = el("input", { id: "account-days", type: "number", min: 1, max: 3650, step: 1 });
    return el("form", { onsubmit: (happened) => {
      happened.preventDefault();
      const ends = days.value === "" ? {} : { days: Number(days.value) };
      this.ask("v1/accounts", { name: this.name.value, person: who.value, roles: [role.value], areas: areasOf(areas.value), ...ends });
    } }, el("div", { class: "pair" }, field("accounts.name", this.name), field("accounts.person", who)),
    el("div", { class: "pair" }, field("accounts.role", role), field("accounts.days", days)), field("accounts.areas", areas),
    el("button", { type: "submit" }, t("accounts.add")));
  }

  async ask(path, body) {
    say(this.once, "");
    const answer = await send("POST", path, body).catch(() => ({ status: 0, told: {} }));
    if (tell(this.line, answer)) {
      const { name, password, address } = answer.told;
      if (password) say(this.once, t("accounts.once", { name, password }));
      if (address) say(this.once, t("accounts.code", { name, address }));
    }
    await this.draw();
  }

  async draw() {
    const { accounts } = await getJson("v1/accounts").catch(() => ({}));
    if (!accounts) { fill(this.list, el("li", { class: "wrong" }, t("desk.unread"))); return; }
    fill(this.list, accounts.map((one) => this.item(one)));
  }

  item(one) {
    const change = (body) => () => this.ask(`v1/accounts/${encodeURIComponent(one.name)}`, body);
    const button = (name, body) => el("button", { type: "button", class: "plain", onclick: change(body) }, t(`accounts.${name}`));
    const locked = one.state === "locked";
    const acts = ACTS.filter((name) => name !== (one.second_factor ? "totp" : "totp_off"));
    return el("li", { "data-account": one.name }, el("span", {}, el("strong", {}, one.name), ` ${one.person}`, one.person === person() ? ` (${t("accounts.self")})` : ""),
      el("small", {}, [t(`accounts.state.${one.state.replace(" ", "_")}`), one.roles.map((role) => t(`role.${role}`)).join(t("page.between")),
        one.areas.length ? one.areas.join(", ") : t("accounts.everywhere"), one.expires_at ? t("accounts.until", { at: dateTime(one.expires_at) }) : ""].filter(Boolean).join(" · ")),
      el("p", { class: "buttons" }, button(locked ? "unlock" : "lock", { do: locked ? "unlock" : "lock" }), acts.map((name) => button(name, { do: name })), this.edit(one, change)));
  }

  edit(one, change) {
    const role = el("select", { multiple: true, size: 4, id: `role-${one.name}` }, ROLES.map((name) => el("option", { value: name, selected: one.roles.includes(name) }, t(`role.${name}`))));
    const areas = el("input", { id: `areas-${one.name}`, value: one.areas.join(","), maxlength: 400 });
    const days = el("input", { id: `days-${one.name}`, type: "number", min: 0, max: 3650, step: 1 });
    const made = () => ({ do: "set", roles: [...role.selectedOptions].map((chosen) => chosen.value), areas: areasOf(areas.value),
      ...(days.value === "" ? {} : { days: Number(days.value) || "never" }) });
    return el("details", {}, el("summary", {}, t("accounts.edit")), el("form", { onsubmit: (happened) => { happened.preventDefault(); change(made())(); } },
      field("accounts.role", role), field("accounts.areas", areas), field("accounts.ends", days), el("button", { type: "submit" }, t("accounts.set"))));
  }
}

// The settings in force, a document tried and published, and every version there ever was.

import { getJson, send } from "./api.mjs";
import { el, fill, say } from "./dom.mjs";
import { field, outcome, refusal } from "./form.mjs";
import { may, person } from "./session.mjs";
import { unitWord } from "./reasons.mjs";
import { current, offered, t } from "./text.mjs";
import { dateTime as at } from "./time.mjs";

const shown = (value) => (value === null || value === undefined ? t("tuning.not_set") : JSON.stringify(value));
const MOST_CONSTANTS = 300;
const said = (row) => Object.entries(row).map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(" · ");
/** What a setting may be, in words: number ≥ 0, list of text. */
const kind = (said) => said.replace(/\b(number|integer|list of|string|boolean|tables|values|or null)\b/g, (word) => t(`tuning.kind.${word.replace(" ", "_")}`));
const heads = (...names) => el("thead", {}, el("tr", {}, names.map((name) => el("th", { scope: "col" }, t(name)))));
const scroll = (label, ...children) => el("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": t(label) }, children);

export class Settings {
  constructor(box) {
    this.box = box;
    this.text = "";
    this.wanted = "";
    this.sought = "";
    this.data = null;
  }

  async start() {
    await this.load();
    this.draw();
  }

  async load() {
    this.fault = "";
    try {
      // The program says in English what each means; the Chinese of it is a table by the English words.
      const meanings = offered().includes("zh") ? getJson("i18n/meanings-zh.json").catch(() => ({})) : {};
      [this.held, this.rows, this.meanings] = await Promise.all([getJson("v1/settings"), getJson("v1/settings/rows"), meanings]);
      this.text = this.held.document;
    } catch (error) {
      this.fault = error.message;
    }
  }

  draw() {
    if (this.fault) return void fill(this.box, el("p", { class: "outcome wrong" }, t("tuning.none_kept")));
    const { version } = this.held;
    fill(this.box,
      el("p", {}, version === null ? t("tuning.file_alone") : t("tuning.version", { n: version })),
      this.list(), this.constants(), may("operator", "admin") ? this.form() : null, el("h3", {}, t("tuning.history")), this.past());
  }

  list() {
    this.body = el("tbody");
    const find = el("input", { type: "search", autocomplete: "off", oninput: () => this.choose(find.value) });
    find.value = this.wanted;
    const table = el("table", {}, heads("tuning.path", "tuning.value", "tuning.default", "tuning.unit", "tuning.range", "tuning.meaning"), this.body);
    this.choose(this.wanted);
    return el("div", {}, field("tuning.find", find), scroll("tuning.settings", table));
  }

  choose(wanted) {
    this.wanted = wanted;
    const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    const meant = (row) => (current() === "zh" ? this.meanings[row.about] : undefined);
    const fits = (row) => words.every((word) => `${row.path} ${row.about} ${meant(row) ?? ""}`.toLowerCase().includes(word));
    const rows = [...this.rows.settings, ...layered(this.rows.layers)].filter(fits);
    fill(this.body, rows.map((row) => el("tr", { class: shown(row.value) === shown(row.default) ? null : "other" },
      el("td", { class: "path" }, row.path), el("td", { class: "value" }, shown(row.value)), el("td", { class: "value-usual" }, shown(row.default)),
      el("td", {}, unitWord(row.unit)), el("td", {}, kind(row.kind), row.live ? null : el("small", {}, t("tuning.restart"))), meant(row) ? el("td", {}, meant(row)) : el("td", { lang: "en" }, row.about))));
  }

  /** What the data tables of the software hold, fetched once somebody opens it. */
  constants() {
    const body = el("tbody"), find = el("input", { type: "search", autocomplete: "off" });
    find.value = this.sought;
    const draw = () => {
      const words = this.sought.toLowerCase().split(/\s+/).filter(Boolean);
      const fits = (one) => words.every((word) => `${one.path} ${JSON.stringify(one.value)} ${one.source}`.toLowerCase().includes(word));
      const found = (this.data ?? []).filter(fits);
      fill(body, found.slice(0, MOST_CONSTANTS).map((one) => el("tr", {}, el("td", { class: "path" }, one.path),
        el("td", { class: "value" }, said(one.value)), el("td", {}, one.version), el("td", {}, one.status), el("td", {}, one.source))),
      found.length > MOST_CONSTANTS ? el("tr", {}, el("td", { colspan: 5 }, t("tuning.more_constants", { n: found.length - MOST_CONSTANTS }))) : null);
    };
    find.addEventListener("input", () => { this.sought = find.value; draw(); });
    const open = async ({ target }) => {
      if (!target.open) return;
      this.data ??= await getJson("v1/settings/data").then((told) => told.data, () => null);
      draw();
    };
    draw();
    return el("details", { ontoggle: open }, el("summary", {}, t("tuning.constants")), field("tuning.find", find),
      scroll("tuning.constants", el("table", {}, heads("tuning.path", "tuning.value", "tuning.release", "tuning.status", "tuning.origin"), body)));
  }

  form() {
    const text = el("textarea", { spellcheck: "false", id: "document" });
    text.value = this.text;
    text.addEventListener("input", () => { this.text = text.value; });
    const author = el("input", { autocomplete: "name" }), reason = el("input", { id: "why" });
    const insist = el("input", { type: "checkbox", id: "insist" });
    author.value = person();
    const line = outcome(), found = el("div", { class: "found-out" });
    const check = el("button", { type: "button", class: "plain", id: "check", onclick: () => this.check(line, found) }, t("tuning.check"));
    const give = (happened) => {
      happened.preventDefault();
      this.publish({ document: this.text, author: author.value, reason: reason.value, silence_protected_area: insist.checked }, line);
    };
    return el("form", { onsubmit: give }, el("h3", {}, t("tuning.new")), field("tuning.document", text),
      el("div", { class: "buttons" }, check), found,
      el("div", { class: "pair" }, field("tuning.author", author), field("tuning.reason", reason)),
      el("label", { class: "flag" }, insist, el("span", {}, t("tuning.insist"))),
      el("div", { class: "buttons" }, el("button", { type: "submit", class: "go", id: "publish" }, t("tuning.publish"))), line);
  }

  async check(line, found) {
    const { status, told } = await send("POST", "v1/settings/check", { document: this.text });
    const sound = status === 200 && !told.faults.length;
    line.classList.toggle("wrong", !sound);
    say(line, sound ? t("tuning.sound") : told.faults?.join("\n") ?? refusal({ status, told }));
    fill(found, sound ? changed(told) : null);
  }

  async publish(body, line) {
    const { status, told } = await send("PUT", "v1/settings", body);
    line.classList.toggle("wrong", status !== 202);
    if (status !== 202) return void say(line, refusal({ status, told }));
    await this.load();
    this.draw();
    say(this.box.querySelector(".outcome") ?? line, t("tuning.published", { n: told.version, at: at(told.effective_at) }));
  }

  past() {
    const past = [...this.held.history].reverse();
    if (!past.length) return el("p", { class: "quiet" }, t("tuning.no_history"));
    return scroll("tuning.history", el("table", {}, heads("tuning.number", "tuning.since", "tuning.who", "tuning.what", "tuning.again"),
      el("tbody", {}, past.map((one) => this.entry(one)))));
  }

  entry(one) {
    const back = one.back_to ? ` ${t("tuning.back_to", { n: one.back_to })}` : "";
    const line = el("span", { role: "status" });
    const again = el("button", { type: "button", class: "plain" }, t("tuning.rollback", { n: one.version }));
    again.addEventListener("click", () => {
      const reason = again.parentElement.querySelector("input");
      if (!reason.value.trim()) return void reason.focus();
      this.publish({ back_to: one.version, author: person(), reason: reason.value, silence_protected_area: false }, line);
    });
    const because = el("input", { placeholder: t("tuning.reason"), "aria-label": `${t("tuning.reason")} ${one.version}` });
    return el("tr", {}, el("td", {}, `${one.version}${back}`), el("td", {}, one.kept_only ? "—" : at(one.effective_at)), el("td", {}, `${one.author}: ${one.reason}`),
      el("td", {}, changed(one)), el("td", {}, may("operator", "admin") ? [because, again, line] : null));
  }
}

/** What a document changes, line by line, and what it silences. */
const changed = ({ changes, silences }) => el("div", {},
  changes.length ? el("ul", { class: "diff" }, changes.map((one) => el("li", {}, `${one.path}: ${shown(one.before)} → ${shown(one.after)}`)))
    : el("p", { class: "quiet" }, t("tuning.no_change")),
  silences.length ? el("ul", { class: "silences" }, silences.map((one) => el("li", {}, one))) : null);

/** The options of layers as rows: what holds in one place alone. */
const layered = (layers) => layers.flatMap(({ scope, reason, ...tables }) => Object.entries(tables).flatMap(([table, options]) =>
  Object.entries(options ?? {}).map(([name, value]) => ({ path: `[${scope}] ${table}.${name}`, value, default: null, unit: "", kind: "", live: true, about: reason ?? "" }))));

// Letting the opened revision out to the public: under a name, meant twice; the server says what may not go out.

import { el } from "./dom.mjs";
import { field } from "./form.mjs";
import { isLive } from "./grade.mjs";
import { person } from "./session.mjs";
import { t } from "./text.mjs";

/** The form that lets this revision of `alert` out; `give(body)` sends it. Nothing for what is never public. */
export function releaseForm(alert, give) {
  if (alert.kind !== "fire" || alert.grade === "task" || alert.reconstruction || alert.status === "Test" || !isLive(alert)) return null;
  const sure = el("input", { id: "work-release-sure", type: "checkbox", required: true });
  const text = el("input", { id: "work-release-text", maxlength: 400, autocomplete: "off" });
  const submit = (happened) => {
    happened.preventDefault();
    give({ alert_id: alert.alert_id, revision: alert.revision, author: person(), text: text.value });
  };
  return el("details", { class: "acts release" }, el("summary", {}, t("release.title")),
    el("p", { class: "quiet" }, t("release.about", { n: alert.revision })),
    el("form", { onsubmit: submit }, field("release.text", text), field("release.sure", sure), el("button", { type: "submit" }, t("release.do"))));
}

// What can be taken away of an incident: the reports upward, and files for other programs.

import { address } from "./api.mjs";
import { el } from "./dom.mjs";
import { current, t } from "./text.mjs";

const STAGES = ["first", "further", "final"];

const link = (path, words, properties = {}) => el("a", { href: address(path).href, ...properties }, words);

/** Links to every report and export of `alert`; a page to print opens beside this one. The form is that of fires. */
export function papers(alert) {
  const incident = `v1/incidents/${encodeURIComponent(alert.incident_id)}`;
  const told = `v1/alerts/${encodeURIComponent(alert.alert_id)}`;
  const beside = { target: "_blank", rel: "noopener" };
  const reports = STAGES.flatMap((stage) => [
    link(`${incident}/report?stage=${stage}&lang=${current()}`, t(`work.stage.${stage}`), beside), " (",
    link(`${incident}/report?stage=${stage}&form=docx&lang=${current()}`, "DOCX", { download: true }), ") ",
  ]);
  return el("div", { class: "papers" },
    alert.kind === "fire" ? el("p", {}, el("span", {}, t("work.report")), " ", reports) : null,
    el("p", {}, el("span", {}, t("work.export")), " ",
      link(`${told}.geojson`, "GeoJSON", { download: true }), " ", link(`${told}.cap`, "CAP", { download: true }), " ", link(`${incident}.csv`, "CSV", { download: true })));
}

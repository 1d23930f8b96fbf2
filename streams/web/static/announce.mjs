// New and raised graded alerts, spoken by screen readers: grades I and II at once, others when there is a pause.

import { el } from "./dom.mjs";
import { gradeWord, shortPlace } from "./grade.mjs";
import { ofLanguage, t } from "./text.mjs";

const KEPT = 20;
const SPOKEN = new Set(["new", "upgrade"]);

/** Add a line for each alert that people must hear of. */
export function announce(alerts) {
  for (const alert of alerts) {
    if (alert.grade === "task" || !SPOKEN.has(alert.action)) continue;
    const box = document.getElementById(alert.grade === "I" || alert.grade === "II" ? "urgent" : "log");
    const words = [t(`action.${alert.action}`), gradeWord(alert), ofLanguage(alert.headline) || shortPlace(alert)];
    box.append(el("p", {}, words.join(" ")));
    while (box.children.length > KEPT) box.firstChild.remove();
  }
}

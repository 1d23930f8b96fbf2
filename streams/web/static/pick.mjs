// A place picked on the map. Who asks and the map that answers know each other by one message on the document only.

import { el } from "./dom.mjs";
import { t } from "./text.mjs";

const MESSAGE = "fenghuo:place";

/** Whether a click on the map is an answer and opens nothing. */
export const isPicking = () => document.body.classList.contains("picking");

/** What the map says of a click, WGS 84 degrees. */
export const offer = (longitude, latitude) => document.dispatchEvent(new CustomEvent(MESSAGE, { detail: [longitude, latitude] }));

/** The next place that is clicked, or the middle of the map on Enter; null on Escape. */
export function pick() {
  return new Promise((resolve) => {
    const hint = el("p", { class: "picking-hint", role: "status" }, t("call.pick_hint"));
    const over = (found) => {
      document.body.classList.remove("picking");
      document.removeEventListener(MESSAGE, taken);
      document.removeEventListener("keydown", key, true);
      hint.remove();
      resolve(found);
    };
    const taken = ({ detail }) => over(detail.map((one) => Number(one.toFixed(5))));
    const key = (happened) => {
      if (happened.key !== "Escape" && happened.key !== "Enter") return;
      happened.preventDefault();
      happened.stopPropagation();
      if (happened.key === "Escape") over(null);
      else middle();
    };
    document.body.classList.add("picking");
    document.body.append(hint);
    document.addEventListener(MESSAGE, taken);
    document.addEventListener("keydown", key, true);
    document.querySelector("#map [tabindex], #map canvas")?.focus();
  });
}

/** A click on the middle of the map: for who has no mouse and moved the map by its arrow keys. */
function middle() {
  const { left, top, width, height } = document.getElementById("map").getBoundingClientRect();
  const [clientX, clientY] = [left + width / 2, top + height / 2];
  const target = document.querySelector("#map canvas.maplibregl-canvas, #map .own-map");
  for (const kind of ["mousedown", "mouseup", "click"]) target.dispatchEvent(new MouseEvent(kind, { bubbles: true, clientX, clientY, view: window }));
}

// Split by direction: what was seen so far to one side of the middle is another fire. The number that this parts is shown first.

import { el, say } from "./dom.mjs";
import { choice, field } from "./form.mjs";
import { t } from "./text.mjs";

const SIDES = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];
const KM = 111.195;
const MOST = 1000;

/** Ids of the observations that lie at least `km` to `side` of the middle of `told`. */
export function beyond(told, side, km) {
  const seen = (told.timeline ?? []).filter((one) => one.what === "detection").map((one) => one.detection);
  const { longitude, latitude } = told.incident;
  const turn = SIDES.indexOf(side) * Math.PI / 4;
  const along = (one) => (one.longitude - longitude) * KM * Math.cos(latitude * Math.PI / 180) * Math.sin(turn) + (one.latitude - latitude) * KM * Math.cos(turn);
  const there = seen.filter((one) => along(one) >= km);
  const ids = [...new Set(there.map((one) => one.observation_id))];
  return { ids: ids.slice(0, MOST), of: new Set(seen.map((one) => one.observation_id)).size, middles: middles(seen.filter((one) => along(one) < km), there) };
}

const mean = (many, name) => many.reduce((sum, one) => sum + one[name], 0) / many.length;

/** Where both lie and how far the line between them holds, so that what comes late is dealt as if it had been there. */
function middles(here, there) {
  if (!here.length || !there.length) return null;
  const [longitude, latitude, otherLongitude, otherLatitude] = [here, there].flatMap((many) => [mean(many, "longitude"), mean(many, "latitude")]);
  const [east, north] = [(longitude + otherLongitude) / 2, (latitude + otherLatitude) / 2];
  const away = (one) => Math.hypot((one.longitude - east) * Math.cos(north * Math.PI / 180), one.latitude - north) * KM;
  const radius = Math.min(300, Math.max(...[...here, ...there].map(away)) + 10);
  return { longitude, latitude, other_longitude: otherLongitude, other_latitude: otherLatitude, radius_km: radius };
}

/** The form; `give(body)` sends the act. Nothing for an incident that was seen in one place only. */
export function splitForm(told, give) {
  const seen = (told.timeline ?? []).filter((one) => one.what === "detection");
  if (seen.length < 2 || told.incident?.kind !== "fire") return null;
  const side = choice(SIDES.map((one) => [one, t(`side.${one}`)]), { id: "work-split-side" });
  const km = el("input", { id: "work-split-km", type: "number", min: 0, max: 50, step: 0.1, value: 0.5, required: true });
  const line = el("p", { class: "quiet", id: "work-split-says", role: "status" });
  const go = el("button", { type: "submit" }, t("work.split"));
  const draw = () => {
    const { ids, of } = beyond(told, side.value, Number(km.value));
    say(line, t("work.split_says", { n: ids.length, of }));
    go.disabled = !ids.length || ids.length === of;
  };
  const act = () => {
    const { ids, middles } = beyond(told, side.value, Number(km.value));
    return { act: "split", observation_ids: ids, middles };
  };
  side.addEventListener("input", draw);
  km.addEventListener("input", draw);
  draw();
  return el("form", { onsubmit: (happened) => { happened.preventDefault(); give(act()); } },
    el("div", { class: "pair" }, field("work.split_side", side), field("work.split_km", km)), line, go);
}

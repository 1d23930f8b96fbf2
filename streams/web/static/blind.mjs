// Sources without a voice, where they stand: a sign and its state in words. One whose place nobody knows is in the list alone.

import { getJson } from "./api.mjs";
import { t } from "./text.mjs";
import { shortTime } from "./time.mjs";

/** What the server tells of the lost sources; asked only while it says that one is lost. `known` again where nothing changed. */
export async function lostSources(known, about) {
  if (!(about?.warnings ?? []).some((one) => one.warning === "blind")) return known.length ? [] : known;
  const { sources } = await getJson("v1/observed").catch(() => ({ sources: known }));
  const lost = sources.filter((one) => one.lost_in && one.longitude !== null);
  return JSON.stringify(lost) === JSON.stringify(known) ? known : lost;
}

/** As features of a layer; a click on one opens the alert of its loss, where there is one. */
export function blindLayer({ blind, alerts }) {
  const opens = new Map([...alerts.values()].map((one) => [one.incident_id, one.alert_id]));
  return { type: "FeatureCollection", features: blind.map((one) => ({
    type: "Feature", geometry: { type: "Point", coordinates: [one.longitude, one.latitude] },
    properties: { id: opens.get(one.lost_in) ?? "", name: `${one.name} ${state(one)}` },
  })) };
}

/** Since when it says nothing, or says that it sees nothing. */
function state({ looked_at: looked, unable_at: unable }) {
  if (unable && !(looked > unable)) return t("blind.unable", { at: shortTime(unable) });
  return looked ? t("blind.since", { at: shortTime(looked) }) : t("blind.never");
}

// What is shown first is asked for at once, while the rest of the page is still on its way.

import { getJson } from "./api.mjs";
import { loadText } from "./text.mjs";

/** What list and map show of an alert; everything else is told of the one that is opened. */
export const SHOWN = ["alert_id", "revision", "incident_id", "lineage", "supersedes", "action", "grade", "kind", "status", "headline", "short_code", "places",
  "longitude", "latitude", "radius_m", "area_ha", "observation_count", "observed_at", "issued_at", "expires_at", "reconstruction", "late", "feedback",
  "shape", "reach_1h", "parent", "relation"].join();
const GRAVEST = `v1/alerts?status=open&grade=I,II,III&limit=100&properties=${SHOWN}`;

const ask = () => Promise.all([getJson("v1/about"), getJson(GRAVEST)]);
const first = ask();
first.catch(() => undefined);

/** What the server says of itself, and the gravest alerts that changed last; `anew` asks again. */
export const firstAsked = (anew) => (anew ? ask() : first);

/** The words of the page. */
export const words = loadText();
words.catch(() => undefined);

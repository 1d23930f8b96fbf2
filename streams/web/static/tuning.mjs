// The page of thresholds: its three parts for whoever may see them, in the language and zone of the installation.

import { getJson } from "./api.mjs";
import { say } from "./dom.mjs";
import { Misses } from "./misses.mjs";
import { askWho, may, nameButton, takeSession } from "./session.mjs";
import { Settings } from "./settings.mjs";
import { Shadow } from "./shadow.mjs";
import { chooseLanguage, loadText, next, ownName, t, takeWords, translate } from "./text.mjs";
import { setZone } from "./time.mjs";

const by = (id) => document.getElementById(id);
const box = (id) => by(id).querySelector(".body");
const parts = [new Settings(box("settings")), new Shadow(box("shadow")), new Misses(box("misses"))];

function words() {
  const other = next();
  by("language").hidden = !other;
  say(by("language"), other ? ownName(other) : "");
  by("language").lang = other ?? "";
  document.title = t("tuning.page");
  translate(document);
  nameButton();
}

async function about() {
  const told = await getJson("v1/about").catch(() => null);
  if (!told) return;
  setZone(told.zone);
  takeWords(told.words);
}

await loadText(["tuning-"]);
words();
by("language").addEventListener("click", async () => { await chooseLanguage(next()); words(); parts.forEach((one) => one.draw()); });
await takeSession();
nameButton();
await about();
words();
const sees = may("operator", "admin", "auditor");
by("barred").hidden = sees;
by("parts").hidden = !sees;
if (sees) await Promise.all(parts.map((one) => one.start()));
else askWho();
document.documentElement.dataset.ready = "true";

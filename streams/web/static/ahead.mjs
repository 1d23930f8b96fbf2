// What is shown first is asked for at once, while the rest of the page is still on its way.

import { getJson } from "./api.mjs";
import { loadText } from "./text.mjs";

/** The gravest alerts, as the head of the page asks for them before any of its scripts is there. */
const GRAVEST = document.getElementById("gravest").href;

/** What list and map show of an alert; everything else is told of the one that is opened. */
export const SHOWN = new URL(GRAVEST).searchParams.get("properties");

const ask = () => Promise.all([getJson("v1/about"), getJson(GRAVEST)]);
const first = ask();
first.catch(() => undefined);

/** What the server says of itself, and the gravest alerts that changed last; `anew` asks again. */
export const firstAsked = (anew) => (anew ? ask() : first);

/** The words of the page. */
export const words = loadText();
words.catch(() => undefined);

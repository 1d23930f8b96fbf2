// The call under way, in this tab alone: a reload loses nothing of it, and it is gone when it is done, or with the tab.

import { wall } from "./time.mjs";

const KEY = "fenghuo.call";
const LASTS_MS = 12 * 3600 * 1000;

/** Keep what has been written so far. */
export const keepDraft = (draft) => sessionStorage.setItem(KEY, JSON.stringify(draft));

/** Forget it: numbers of people stay nowhere longer than they must. */
export const dropDraft = () => sessionStorage.removeItem(KEY);

/** What was written before, or null; of a shift that is over nothing. */
export function takeDraft() {
  try {
    const draft = JSON.parse(sessionStorage.getItem(KEY));
    return draft && wall() - Date.parse(draft.at) < LASTS_MS ? draft : null;
  } catch {
    return null;
  }
}

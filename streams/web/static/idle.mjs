// Whether somebody is at work in this tab: what is half written is never loaded over.

const WRITTEN = "form input:not([type=checkbox], [type=submit]), form textarea";

/** Whether a panel is open, a field of a form has the focus, or words in one are not sent yet. */
export const busy = () => Boolean(document.querySelector("dialog[open]") || document.activeElement?.form
  || [...document.querySelectorAll(WRITTEN)].some((one) => one.checkVisibility() && one.value !== one.defaultValue));

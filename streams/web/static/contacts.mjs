// Whom to ring about an incident, the nearest first; and where each distance is measured from.

import { getJson } from "./api.mjs";
import { el, fill } from "./dom.mjs";
import { who } from "./session.mjs";
import { isKnown, number, t } from "./text.mjs";

const SHOWN = 6;
const known = new Map();

/** Receivers by distance from `alert`; asked once for each place. */
export function nearest({ longitude, latitude }) {
  const near = `${longitude.toFixed(3)},${latitude.toFixed(3)}`;
  if (!known.has(near)) {
    known.clear();
    known.set(near, getJson(`v1/receivers?near=${near}`).then(({ receivers }) => receivers).catch(() => []));
  }
  return known.get(near);
}

/** How far somebody is, and from what that was measured. */
export const howFar = (one) => (isKnown(one.distance_km) ? t(`contacts.by.${one.by}`, { km: number(one.distance_km) }) : t("contacts.by.none"));

/** The list, filled when it is there; nothing for who has not signed in. */
export function contacts(alert) {
  if (!who()) return null;
  const list = el("ul", { class: "contacts" });
  nearest(alert).then((every) => fill(list, every.length ? every.slice(0, SHOWN).map((one) => el("li", {},
    el("strong", {}, one.name), " ", telephone(one), " ", el("small", {}, howFar(one)))) : el("li", { class: "quiet" }, t("contacts.none"))));
  return list;
}

/** A number that can be rung is a link; a masked one is text. */
const telephone = ({ phone }) => (/^\+?\d{3,15}$/.test(phone) ? el("a", { href: `tel:${phone}` }, phone) : phone);

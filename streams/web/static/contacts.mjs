// Whom to ring about an incident, the nearest first, and where each distance is measured from; who answers for a permitted burn.

import { getJson } from "./api.mjs";
import { el, fill } from "./dom.mjs";
import { who } from "./session.mjs";
import { isKnown, number, t } from "./text.mjs";
import { dateTime } from "./time.mjs";

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
export const telephone = ({ phone }) => (/^\+?\d{3,15}$/.test(phone) ? el("a", { href: `tel:${phone}` }, phone) : phone);

const OF_PERMITS = new Set(["permitted", "permit_exceeded"]);
const WIDE_DEG = 0.1;

/** Who answers for the permits that an alert names, filled when it is there; null where it names none. */
export function answerers(alert) {
  const named = new Set((alert.reasons ?? []).filter(({ code }) => OF_PERMITS.has(code)).map(({ ref }) => ref));
  if (!named.size) return null;
  const list = el("ul", { class: "contacts permits" });
  permitsAt(alert).then((features) => {
    const found = features.filter(({ id, properties }) => named.has(properties.number || id));
    fill(list, found.length ? found.map(({ id, properties }) => permit(id, properties)) : el("li", { class: "quiet" }, t("permit.none")));
  });
  return list;
}

const asked = { of: "", permits: null };

/** Permits about an alert, asked for once for each revision that is opened. */
function permitsAt(alert) {
  const of = `${alert.alert_id}.${alert.revision}`;
  if (asked.of === of) return asked.permits;
  const box = [-1, 1].flatMap((side) => [alert.longitude + side * WIDE_DEG, alert.latitude + side * WIDE_DEG]).map((one) => one.toFixed(4));
  const permits = getJson(`v1/permits?limit=100&bbox=${box}`).then(({ features }) => features).catch(() => []);
  Object.assign(asked, { of, permits });
  return permits;
}

const permit = (id, one) => el("li", {}, el("strong", {}, one.number || id), " ",
  one.contact || one.phone ? [one.contact, " ", telephone({ phone: one.phone ?? "" })] : el("span", { class: "quiet" }, t("permit.nobody")), " ",
  el("small", {}, t("permit.until", { at: dateTime(one.ends_at) })), one.text ? el("small", {}, " ", one.text) : null);

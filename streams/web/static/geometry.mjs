// Outlines on the ground from a place, a direction and a length: circles, ellipses of error, sectors of sight.

const EARTH_M = 6371008.8;
const RADIAN = Math.PI / 180;

/** Latitude in degrees of longitude, as Mercator stretches it. */
export const stretch = (latitude) => Math.log(Math.tan(Math.PI / 4 + (Math.max(-85, Math.min(85, latitude)) * RADIAN) / 2)) / RADIAN;

/** Where one comes from `[longitude, latitude]` going `metres` towards `azimuth` (degrees from north). */
export function destination([longitude, latitude], azimuth, metres) {
  const [turn, arc, north] = [azimuth * RADIAN, metres / EARTH_M, latitude * RADIAN];
  const to = Math.asin(Math.sin(north) * Math.cos(arc) + Math.cos(north) * Math.sin(arc) * Math.cos(turn));
  const east = Math.atan2(Math.sin(turn) * Math.sin(arc) * Math.cos(north), Math.cos(arc) - Math.sin(north) * Math.sin(to));
  return [longitude + east / RADIAN, to / RADIAN];
}

/** An ellipse as a Polygon; `azimuth` is the direction of its longer half axis `major`, metres. */
export function ellipse(middle, major, minor = major, azimuth = 0, corners = 48) {
  const ring = Array.from({ length: corners + 1 }, (_, i) => {
    const turn = (2 * Math.PI * (i % corners)) / corners;
    const [ahead, aside] = [major * Math.cos(turn), minor * Math.sin(turn)];
    return destination(middle, azimuth + Math.atan2(aside, ahead) / RADIAN, Math.hypot(ahead, aside));
  });
  return { type: "Polygon", coordinates: [ring] };
}

/** What lies between two distances to either side of a direction, as a Polygon. */
export function sector(station, azimuth, half, near, far) {
  const steps = Math.max(1, Math.ceil(half / 3));
  const arc = (metres) => Array.from({ length: 2 * steps + 1 }, (_, i) => destination(station, azimuth + half * (i / steps - 1), metres));
  const ring = [...(near > 0 ? arc(near).reverse() : [station]), ...arc(far)];
  return { type: "Polygon", coordinates: [[...ring, ring[0]]] };
}

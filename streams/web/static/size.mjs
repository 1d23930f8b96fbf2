// How large signs and letters of the map are: on the wall, the numeral in a sign has 2 % of the screen's height.

const NUMERAL_PX = 11;
const LEAST = 0.0205;

/** How many times larger than at a desk. */
export const scale = () => (document.body.classList.contains("wall") ? Math.max(1, (LEAST * innerHeight) / NUMERAL_PX) : 1);

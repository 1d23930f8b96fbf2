// Questions to our own server: same origin, session cookie, every answer counted as contact.

export class NeedsKey extends Error {}

let contactAt = Date.now();

/** Note that the server has been heard. */
export const heard = () => { contactAt = Date.now(); };

/** Seconds since the server was last heard, by the wall clock. */
export const silentSeconds = () => (Date.now() - contactAt) / 1000;

export const address = (path) => new URL(path, document.baseURI);

/** Fetch `path` with `options`; throws `NeedsKey` on 401, Error with the status on other refusals. */
export async function ask(path, options = {}) {
  const answer = await fetch(address(path), { credentials: "same-origin", cache: "no-store", ...options });
  heard();
  if (answer.status === 401) throw new NeedsKey(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

/** The JSON at `path`. */
export const getJson = async (path) => (await ask(path)).json();

/** Sign in with an API key; true when the server takes it. */
export async function signIn(key) {
  const body = JSON.stringify({ key });
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(address("v1/session"), { method: "POST", credentials: "same-origin", headers, body });
  heard();
  return answer.ok;
}

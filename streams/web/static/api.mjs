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
  if (!answer.ok) throw Object.assign(new Error(`${path}: ${answer.status}`), { status: answer.status });
  return answer;
}

/** The JSON at `path`. */
export const getJson = async (path) => (await ask(path)).json();

let token = "";

/** Whom the server takes us for: `{who, person, roles, areas}`; nobody has no name and no role. */
export async function whoAmI() {
  const { csrf, ...who } = await getJson("v1/session");
  token = csrf;
  return who;
}

/** Send `body` as JSON; the answer as `{status, told}` with what the server said, also when it refuses. */
export async function send(method, path, body, headers = {}) {
  const answer = await fetch(address(path), {
    method, credentials: "same-origin", cache: "no-store", body: body === null ? undefined : JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token, ...headers },
  });
  heard();
  return { status: answer.status, told: await answer.json().catch(() => ({})) };
}

/** Send bytes or text as they are; the answer as from `send`. */
export async function sendBytes(path, body, type, headers = {}) {
  const answer = await fetch(address(path), {
    method: "POST", credentials: "same-origin", cache: "no-store", body, headers: { "Content-Type": type, "X-CSRF-Token": token, ...headers },
  });
  heard();
  return { status: answer.status, told: await answer.json().catch(() => ({})) };
}

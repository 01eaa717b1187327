// What the page asks the node for. Who may not is told by a LockedError.

export class LockedError extends Error {}

const headers = { "Content-Type": "application/json" };

/** Numbers that a double would change stay as they were written, where the browser can do that. */
const asWritten = (key, value, context) =>
  typeof value === "number" && JSON.rawJSON && String(value) !== (context?.source ?? String(value)) ? JSON.rawJSON(context.source) : value;

const read = (text, reviver) => {
  try {
    return JSON.parse(text, reviver);
  } catch {
    return {};
  }
};

async function ask(path, init = {}, reviver = undefined) {
  const response = await fetch(path, init).catch(() => {
    throw new Error("The node does not answer.");
  });
  if (response.status === 401) throw new LockedError(path);
  const body = read(await response.text(), reviver);
  if (!response.ok) throw new Error(body.error?.message ?? `${path}: ${response.status}`);
  return body;
}

/** `query`: an object; what is empty is left out. */
export function get(path, query = {}, reviver = undefined) {
  const said = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return ask(said.length > 0 ? `${path}?${new URLSearchParams(said)}` : path, {}, reviver);
}

/** What a channel said, to be shown as it was written. */
export const getHistory = (query) => get("/api/history", query, asWritten);

export const post = (path, body) => ask(path, { method: "POST", headers, body: JSON.stringify(body) });

/** With the key the node gives a cookie. False: it is another key. */
export async function logIn(key) {
  try {
    await ask("/api/observer_login", { method: "POST", headers: { ...headers, Authorization: `Bearer ${key}` }, body: "{}" });
    return true;
  } catch (error) {
    if (error instanceof LockedError) return false;
    throw error;
  }
}

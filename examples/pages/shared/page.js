// What all pages of the demo share: finding and making elements, saying how the connection is, writing figures.

export const $ = (id) => document.getElementById(id);

/** An element with properties and children; strings become text, never markup. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") node.className = value;
    else if (key.startsWith("data-") || key.startsWith("aria-") || key === "role") node.setAttribute(key, value);
    else node[key] = value;
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const WORDS = { connecting: "connecting", open: "live", waiting: "coming back", closed: "closed", idle: "stopped" };

/** Shows the state of the connection in the bar's pill. */
export function showStatus(state, words = WORDS[state] ?? state) {
  const pill = $("status");
  pill.dataset.state = state;
  pill.textContent = words;
}

const BY = { websocket: "live", sse: "streaming", poll: "polling" };

/** Keeps the pill true to what the client says of its connection. */
export function showConnection(client) {
  client.on("state", ({ state, transport }) => showStatus(state, state === "open" ? BY[transport] : undefined));
}

export function clock(ms) {
  return new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

export function clockSeconds(ms) {
  return new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

export function bytes(n) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let unit = 0;
  while (n >= 1000 && unit < units.length - 1) {
    n /= 1024;
    unit++;
  }
  return `${n >= 100 || unit === 0 ? Math.round(n) : n.toFixed(1).replace(/\.0$/, "")} ${units[unit]}`;
}

/** The same name gets the same of eight colours, on every page. */
export function colourOf(name) {
  let hash = 7;
  for (const char of name) hash = (hash * 31 + char.codePointAt(0)) >>> 0;
  return hash % 8;
}

/**
 * A box whose `value` this tab keeps while it is loaded again. While the page is there it is not in the storage: a tab
 * that is opened from this one gets a copy of that, and must be somebody else.
 */
export function keptOverReload(key) {
  const box = { value: null };
  const take = () => {
    box.value ??= JSON.parse(sessionStorage.getItem(key));
    sessionStorage.removeItem(key);
  };
  take();
  addEventListener("pageshow", take);
  addEventListener("pagehide", () => box.value !== null && sessionStorage.setItem(key, JSON.stringify(box.value)));
  return box;
}

const secret = keptOverReload("troupe-secret");
secret.value ??= crypto.getRandomValues(new Uint32Array(4)).join("-");

/** Random letters that nobody guesses, of this tab. */
export function tabSecret() {
  return secret.value;
}

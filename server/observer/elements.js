// Elements, numbers and words. Text goes in as text, never as markup.

export const $ = (id) => document.getElementById(id);

const SVG = "http://www.w3.org/2000/svg";

function fill(node, properties, children) {
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (key === "class") node.setAttribute("class", value);
    else if (key.includes("-") || node.namespaceURI === SVG) node.setAttribute(key, value);
    else node[key] = value;
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export const el = (tag, properties = {}, ...children) => fill(document.createElement(tag), properties, children);
export const svg = (tag, properties = {}, ...children) => fill(document.createElementNS(SVG, tag), properties, children);

export function button(words, title, act, kind = "") {
  const made = el("button", { type: "button", class: kind, title, textContent: words });
  made.addEventListener("click", (event) => (event.stopPropagation(), act(made)));
  return made;
}

/** Only if it differs: a text that is set again loses the selection. */
export function setText(node, words) {
  const text = String(words ?? UNKNOWN);
  if (node.textContent !== text) node.textContent = text;
}

const counts = new Intl.NumberFormat("en-GB");
export const UNKNOWN = "–"; // of one that does not answer

/** How `words` tell a figure, unless it is not known. */
const known = (words) => (n) => (n === null || n === undefined ? UNKNOWN : words(n));
export const count = known((n) => counts.format(n));
export const rate = known((n) => (n >= 10 || n < 0.05 ? counts.format(Math.round(n)) : n.toFixed(1)));

export const bytes = known((n) => {
  if (n < 1000) return `${n} B`;
  if (n < 1e6) return `${(n / 1e3).toFixed(n < 1e4 ? 1 : 0)} kB`;
  return n < 1e9 ? `${(n / 1e6).toFixed(n < 1e7 ? 1 : 0)} MB` : `${(n / 1e9).toFixed(1)} GB`;
});

export function duration(seconds) {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return seconds < 360000 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} days`;
}

export const clock = (ms = Date.now()) =>
  new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

// The supervision tree, folded by level: of what is many only the first are in it, and the table has them all.

import { $, count, duration, el } from "/observer/elements.js";

export const TREE_ROWS = 40; // channels in it
const OPEN_MAX = 12; // children of a level that is open at first

const flashing = new Map(); // actor → until when
const folded = new Map(); // path of a level → whether it was opened or closed by hand

/** Actors that restarted are lit for a moment, also when the tree is drawn again meanwhile. */
export function flash(actor) {
  flashing.set(actor, Date.now() + 2500);
}

export function isFlashing(name) {
  for (const [actor, until] of flashing) {
    if (until < Date.now()) flashing.delete(actor);
    else if (actor === name || actor.endsWith(`/${name}`) || actor.endsWith(` ${name}`)) return true;
  }
  return false;
}

export function drawTree(root) {
  const focused = document.activeElement?.closest?.("#tree summary")?.dataset.path;
  $("tree").replaceChildren(el("li", {}, branch(root, "")));
  if (focused) $("tree").querySelector(`summary[data-path="${CSS.escape(focused)}"]`)?.focus();
}

function branch(actor, above) {
  const { name, children = [], info = {} } = actor;
  const path = `${above}/${name}`;
  if (children.length === 0 && !info.channels) return line(actor, "div", path);
  const more = (info.channels ?? children.length) - children.length;
  const level = el("details", { open: folded.get(path) ?? children.length <= OPEN_MAX },
    line(actor, "summary", path),
    el("ul", {},
      ...children.map((child) => el("li", {}, branch(child, path))),
      more > 0 ? el("li", { class: "soft more" }, `and ${count(more)} more: see Channels`) : null));
  level.addEventListener("toggle", () => folded.set(path, level.open));
  return level;
}

function line({ name, kind, state, restarts, info }, tag, path) {
  const figures = Object.entries(info ?? {}).map(([key, value]) => figureWords(key, value)).filter(Boolean).join(" · ");
  const made = el(tag, { class: "actor", "data-state": state, "data-actor": name, "data-path": path, title: `${kind ?? "actor"} ${name}: ${state}` },
    el("span", { class: "name" }, name),
    restarts > 0 ? el("span", { class: "again" }, `↻ ${restarts}`) : null,
    el("span", { class: "info" }, figures));
  if (isFlashing(name)) made.classList.add("flash");
  return made;
}

/** "4 members", "1 stream", "@17", "up 5 min"; nothing for what there is none of. */
function figureWords(key, value) {
  if (value === null) return null;
  if (key === "version") return value;
  if (key === "runs") return `runs ${value}`;
  if (key === "seconds") return `for ${duration(value)}`;
  if (key === "uptime") return `up ${duration(value)}`;
  if (key === "offset") return `@${value}`;
  if (value === 0 && key !== "members") return null;
  return `${count(value)}\u00a0${value === 1 ? key.replace(/s$/, "") : key}`;
}

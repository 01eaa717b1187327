// The observer's panels: the tree, the two tables, the list of events. Text goes in as text, never as markup.

const EVENTS_MAX = 200;
const flashing = new Map(); // actor → until when

export const $ = (id) => document.getElementById(id);

function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") node.className = value;
    else if (key.startsWith("data-")) node.setAttribute(key, value);
    else node[key] = value;
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// -- the tree -----------------------------------------------------------------

export function drawTree(root) {
  $("tree").replaceChildren(branch(root));
}

/** Actors that restarted are lit for a moment, also when the tree is drawn again meanwhile. */
export function flash(actor) {
  flashing.set(actor, Date.now() + 2500);
}

function branch({ name, kind, state, restarts, info, children = [] }) {
  const figures = Object.entries(info ?? {}).map(([key, value]) => `${value} ${key}`).join(" · ");
  const line = el("div", { class: "actor", "data-state": state, "data-actor": name, title: `${kind ?? "actor"}: ${state}` },
    el("span", { class: "name" }, name),
    restarts > 0 ? el("span", { class: "again" }, `↻ ${restarts}`) : null,
    el("span", { class: "info" }, figures));
  if (isFlashing(name)) line.classList.add("flash");
  return el("li", {}, line, children.length > 0 ? el("ul", {}, ...children.map(branch)) : null);
}

function isFlashing(name) {
  for (const [actor, until] of flashing) {
    if (until < Date.now()) flashing.delete(actor);
    else if (actor === name || actor.endsWith(`/${name}`)) return true;
  }
  return false;
}

// -- channels -----------------------------------------------------------------

export function drawChannels(channels, rates, kill) {
  $("channel-count").textContent = channels.length;
  const rows = channels.sort((a, b) => a.name.localeCompare(b.name)).map((channel) => channelRow(channel, rates, kill));
  $("channels").replaceChildren(...rows);
}

function channelRow({ name, members, offset, restarts, rate, state }, rates, kill) {
  const button = el("button", { type: "button", textContent: "Kill", title: `crash ${name} on purpose` });
  button.addEventListener("click", () => kill(name, button));
  const row = el("tr", { "data-channel": name, title: `${name}: ${state}` },
    el("td", {}, name), figure(members),
    el("td", { class: "n", "data-rate": name }, Number(rates.get(name) ?? rate ?? 0).toFixed(0)),
    figure(offset), figure(restarts), el("td", { class: "n" }, name.startsWith("$") ? null : button));
  if (isFlashing(name)) row.classList.add("flash");
  return row;
}

function figure(value) {
  return el("td", { class: "n" }, String(value ?? "–"));
}

// -- sessions -----------------------------------------------------------------

export function drawSessions(connections) {
  $("session-count").textContent = connections.length;
  $("sessions").replaceChildren(...connections.map(sessionRow));
}

function sessionRow({ session, transport, shard, user, channels = [], queued }) {
  const places = channels.flatMap((place, i) => [i > 0 ? ", " : null, ...positionOf(place)]);
  return el("tr", { "data-session": session },
    el("td", {}, user ? `${session} ${user}` : session), el("td", {}, transport), figure(shard),
    el("td", { class: "places" }, ...places), figure(queued));
}

function positionOf({ channel, offset, behind }) {
  return [`${channel} @${offset}`, behind > 0 ? el("span", { class: "behind" }, ` −${behind}`) : null];
}

// -- events -------------------------------------------------------------------

export function addEvent(kind, words) {
  const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  $("events").prepend(el("li", { "data-kind": kind }, el("time", {}, time), el("span", { class: "what" }, words.trim())));
  while ($("events").children.length > EVENTS_MAX) $("events").lastChild.remove();
}

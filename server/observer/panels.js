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
  const figures = Object.entries(info ?? {}).map(([key, value]) => figureWords(key, value)).filter(Boolean).join(" · ");
  const line = el("div", { class: "actor", "data-state": state, "data-actor": name, title: `${kind ?? "actor"}: ${state}` },
    el("span", { class: "name" }, name),
    restarts > 0 ? el("span", { class: "again" }, `↻ ${restarts}`) : null,
    el("span", { class: "info" }, figures));
  if (isFlashing(name)) line.classList.add("flash");
  return el("li", {}, line, children.length > 0 ? el("ul", {}, ...children.map(branch)) : null);
}

/** "4 members", "1 stream", "@17", "up 5 min"; nothing for what there is none of. */
function figureWords(key, value) {
  if (key === "version" || key === "runs") return `${key === "runs" ? "runs " : ""}${value}`;
  if (key === "seconds") return `for ${duration(Math.round(value))}`;
  if (key === "uptime") return `up ${duration(value)}`;
  if (key === "offset") return `@${value}`;
  if (value === 0 && key !== "members") return null;
  return `${value}\u00a0${value === 1 ? key.replace(/s$/, "") : key}`;
}

function duration(seconds) {
  if (seconds < 100) return `${seconds} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return seconds < 360000 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} days`;
}

function isFlashing(name) {
  for (const [actor, until] of flashing) {
    if (until < Date.now()) flashing.delete(actor);
    else if (actor === name || actor.endsWith(`/${name}`)) return true;
  }
  return false;
}

// -- channels -----------------------------------------------------------------

const rows = new Map(); // channel → its row, which stays: a button is not replaced under the pointer, and keeps its focus

export function drawChannels(channels, rates, kill) {
  $("channel-count").textContent = channels.length;
  const names = new Set(channels.map(({ name }) => name));
  for (const [name, row] of rows) if (!names.has(name)) rows.delete(name), row.remove();
  channels.sort((a, b) => a.name.localeCompare(b.name)).forEach((channel, i) => {
    if (!rows.has(channel.name)) rows.set(channel.name, newChannelRow(channel.name, kill));
    const row = rows.get(channel.name);
    updateChannelRow(row, channel, rates);
    if ($("channels").children[i] !== row) $("channels").insertBefore(row, $("channels").children[i] ?? null);
  });
}

function newChannelRow(name, kill) {
  const button = el("button", { type: "button", textContent: "Kill", title: `crash ${name} on purpose` });
  button.addEventListener("click", () => kill(name, button));
  return el("tr", { "data-channel": name },
    el("td", {}, name), figure("–"), el("td", { class: "n", "data-rate": name }), figure("–"), figure("–"),
    el("td", { class: "n" }, name.startsWith("$") ? null : button));
}

function updateChannelRow(row, { name, members, offset, restarts, rate, state }, rates) {
  row.title = `${name}: ${state}`;
  row.classList.toggle("flash", isFlashing(name));
  row.classList.toggle("amber", state === "stuck" || state === "silent");
  const values = [name, members, Number(rates.get(name) ?? rate ?? 0).toFixed(0), offset, restarts];
  values.forEach((value, i) => (row.children[i].textContent = String(value ?? "–")));
}

function figure(value) {
  return el("td", { class: "n" }, String(value ?? "–"));
}

// -- sessions -----------------------------------------------------------------

export function drawSessions(connections) {
  $("session-count").textContent = connections.length;
  const age = ({ session }) => Number.parseInt(session.slice(1), 10);
  $("sessions").replaceChildren(...connections.sort((a, b) => age(b) - age(a)).map(sessionRow));
}

function sessionRow({ session, transport, shard, user, channels = [], queued, away }) {
  const places = channels.flatMap((place, i) => [i > 0 ? ", " : null, ...positionOf(place)]);
  return el("tr", { "data-session": session },
    el("td", {}, user ? `${session} ${user}` : session), el("td", {}, away ? `${transport}, away` : transport), figure(shard),
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

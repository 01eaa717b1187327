// The node from inside: what it is made of (fetched), and what happens to it (streamed from its own channel).
// Here the three sources come together; the panels are drawn by panels.js.
import { connect } from "/troupe.js";
import { $, drawTree, drawChannels, drawSessions, addEvent, flash } from "/observer/panels.js";

const REFRESH_PAUSE = 250; // ms between two looks at what changed
const CALM_PERIOD = 5000; // ms; positions move without events

const rates = new Map(); // channel → publications per second
let restarts = 0;

// -- fetching -----------------------------------------------------------------

async function get(path) {
  const response = await fetch(path);
  if (response.status === 401 || response.status === 403) throw new LockedError();
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

class LockedError extends Error {}

let refreshing = null;

/** Looks at everything once, soon; many calls in a row are one look. */
function refresh() {
  refreshing ??= new Promise((resolve) => setTimeout(resolve, REFRESH_PAUSE)).then(look).finally(() => (refreshing = null));
}

async function look() {
  try {
    const [tree, channels, connections] = await Promise.all([get("/api/tree"), get("/api/channels"), get("/api/connections")]);
    $("locked").hidden = true;
    $("stage").hidden = false;
    drawTree(tree);
    drawChannels(channels.channels, rates, kill);
    drawSessions(connections.connections);
    listen();
  } catch (error) {
    if (error instanceof LockedError) showLocked();
    else showStatus("waiting", "no answer"), again();
  }
}

/** With the stage to be seen, the calm period looks again anyway. */
function again() {
  if ($("stage").hidden) setTimeout(look, CALM_PERIOD);
}

function showLocked() {
  $("stage").hidden = true;
  $("locked").hidden = false;
  showStatus("closed", "locked");
}

function showStatus(state, words) {
  $("status").dataset.state = state;
  $("status").textContent = words;
}

// -- streaming ----------------------------------------------------------------

let client = null;

function listen() {
  if (client) return;
  client = connect({ transports: ["sse"] });
  client.on("state", ({ state }) => {
    if (state === "open") showStatus("open", "live"), refresh();
    if (state === "waiting") showStatus("waiting", "coming back");
  });
  const events = client.subscribe("$node:events").on("rates", showRates).on("$gap", refresh).on("$refused", lookAgain);
  for (const [name, words] of Object.entries(WORDS)) events.on(name, (data) => happened(name, data, words));
}

/** Refused: the cookie may have gone with the node that gave it. */
function lookAgain() {
  client.close();
  client = null;
  setTimeout(look, 3000);
}

const WORDS = {
  started: ({ actor }) => `${actor} started`,
  restarted: ({ actor, reason, restarts: n }) => `${actor} restarted (${n}): ${reason}`,
  failed: ({ actor, reason }) => `${actor} failed: ${reason}`,
  handler_failed: ({ actor, event, reason }) => `${actor}: handler of ${event} failed: ${reason}`,
  slow_handler: ({ actor, event, ms, over }) =>
    `${actor} ${over ? "ran" : "has been running"} ${event} for ${(ms / 1000).toFixed(1)} s`,
  slow: ({ session, transport, reason }) => `${session} was too slow, ${transport}: ${reason}`,
  joined: ({ channel, session }) => `${session} joined ${channel}`,
  left: ({ channel, session, reason }) => `${session} left ${channel}: ${reason}`,
  opened: ({ session, transport }) => `${session} opened, ${transport}`,
  closed: ({ session, transport, code, reason }) => `${session} closed, ${transport} ${code || ""} ${reason ?? ""}`,
  limit: ({ limit, who }) => `${limit} was passed: ${who}`,
  behind: ({ channel, session, missed }) => `${session} fell behind in ${channel} and missed ${missed}`,
  left_out: ({ events }) => `${events} more, too many to tell`,
};

function happened(kind, data, words) {
  addEvent(kind, words(data));
  if (kind === "restarted") {
    $("n-restarts").textContent = ++restarts;
    flash(data.actor);
  }
  refresh();
}

function showRates({ channels, sessions }) {
  rates.clear();
  for (const { name, publications_per_s: rate } of channels) rates.set(name, rate);
  const sum = (key) => Math.round(channels.reduce((total, channel) => total + (channel[key] ?? 0), 0));
  $("n-published").textContent = sum("publications_per_s");
  $("n-delivered").textContent = sum("deliveries_per_s");
  for (const transport of ["websocket", "sse", "poll"]) $(`n-${transport}`).textContent = sessions[transport] ?? 0;
  for (const cell of document.querySelectorAll("[data-rate]")) cell.textContent = (rates.get(cell.dataset.rate) ?? 0).toFixed(0);
}

// -- killing ------------------------------------------------------------------

async function kill(channel, button) {
  button.disabled = true;
  try {
    const body = JSON.stringify({ channel });
    const response = await fetch("/api/kill", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    if (!response.ok) addEvent("failed", `could not kill ${channel}: status ${response.status}`);
  } catch {
    addEvent("failed", `could not kill ${channel}: no answer`);
  }
  button.disabled = false;
  refresh();
}

look();
document.addEventListener("visibilitychange", () => !document.hidden && refresh()); // perhaps its link was opened meanwhile
setInterval(() => !document.hidden && !$("stage").hidden && refresh(), CALM_PERIOD);

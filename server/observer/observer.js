// The node from inside: what it is made of (fetched), and what happens to it (streamed from its own channel).
// Here the sources come together; each panel has a file of its own.
import { connect } from "/troupe.js";
import { $, count, rate, setText } from "/observer/elements.js";
import { get, logIn, LockedError, post } from "/observer/api.js";
import { channelTable, sessionTable } from "/observer/tables.js";
import { drawTree, flash, isFlashing, TREE_ROWS } from "/observer/tree.js";
import { drawCharts } from "/observer/charts.js";
import { closeDetail, note, openChannel, openSession, prepareDetail } from "/observer/detail.js";
import { confirmed } from "/observer/confirm.js";
import { addEvent, WORDS } from "/observer/happenings.js";

const REFRESH_PAUSE = 500; // ms between two looks at what changed
const CALM_PERIOD = 5000; // ms; positions move without events
const CHART_PERIOD = 10_000; // ms, the node's own

const channels = channelTable({ open: (name) => openChannel(name, { kill }), kill, isFlashing });
const sessions = sessionTable({ open: (name) => openSession(name, { end }), end });
let restarts = 0;
let charted = 0; // when charts were drawn last

// -- looking ------------------------------------------------------------------

let refreshing = null;

/** Looks once, soon; many calls in a row are one look. */
function refresh() {
  refreshing ??= new Promise((resolve) => setTimeout(resolve, REFRESH_PAUSE)).then(look).finally(() => (refreshing = null));
}

async function look() {
  try {
    const tree = await get("/api/tree", { limit: TREE_ROWS });
    $("locked").hidden = true;
    $("stage").hidden = false;
    showTree(tree);
    await Promise.all([channels.refresh(), sessions.refresh(), charts()]);
    listen();
    if (streaming) showStatus("open", "live");
  } catch (error) {
    if (error instanceof LockedError) showLocked();
    else showStatus("waiting", "no answer"), again();
  }
}

function showTree(tree) {
  drawTree(tree);
  const shards = tree.children.find(({ name }) => name === "shards")?.children ?? [];
  for (const transport of ["websocket", "sse", "poll"])
    setText($(`n-${transport}`), count(shards.reduce((sum, { info }) => sum + (info[transport] ?? 0), 0)));
}

async function charts() {
  if (Date.now() - charted < CHART_PERIOD) return;
  charted = Date.now();
  await drawCharts();
}

/** With the stage to be seen, the calm period looks again anyway. */
function again() {
  if ($("stage").hidden) setTimeout(look, CALM_PERIOD);
}

function showStatus(state, words) {
  $("status").dataset.state = state;
  setText($("status"), words);
}

// -- the key ------------------------------------------------------------------

function showLocked() {
  closeDetail();
  $("stage").hidden = true;
  $("locked").hidden = false;
  showStatus("closed", "locked");
}

$("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  $("login-error").textContent = "";
  try {
    if (await logIn($("key").value)) {
      $("key").value = "";
      return look();
    }
    $("login-error").textContent = "That is not the node's key.";
  } catch (error) {
    $("login-error").textContent = error.message;
  }
  $("key").select();
});

// -- streaming ----------------------------------------------------------------

let client = null;
let streaming = false;

function listen() {
  if (client) return;
  client = connect({ transports: ["sse"] });
  client.on("state", ({ state }) => {
    streaming = state === "open";
    if (state === "open") showStatus("open", "live"), refresh();
    if (state === "waiting") showStatus("waiting", "coming back");
  });
  const events = client.subscribe("$node:events").on("rates", showRates).on("$gap", refresh).on("$refused", lookAgain);
  for (const [name, words] of Object.entries(WORDS)) events.on(name, (data) => happened(name, data, words));
}

/** Refused: the cookie may have gone with its key. */
function lookAgain() {
  client.close();
  client = null;
  setTimeout(look, 3000);
}

function happened(kind, data, words) {
  addEvent(kind, words(data));
  if (kind === "restarted") {
    setText($("n-restarts"), ++restarts);
    flash(data.actor);
  }
  if (!document.hidden) refresh();
}

function showRates({ publications_per_s: published, deliveries_per_s: delivered }) {
  setText($("n-published"), rate(published));
  setText($("n-delivered"), rate(delivered));
}

// -- killing ------------------------------------------------------------------

async function act(by, path, body, words) {
  by.disabled = true;
  try {
    const { waits } = await post(path, body);
    if (waits) tell("slow_handler", `${words} waits: ${waits.for} runs ${waits.event ?? "something"}; the kill follows once it returns`);
  } catch (error) {
    tell("failed", `could not ${words}: ${error.message}`);
  }
  by.disabled = false;
  refresh();
}

function tell(kind, words) {
  addEvent(kind, words);
  note(words);
}

async function kill(channel, by) {
  const words = "Its object is lost. A new one begins from the last snapshot; members and history stay.";
  if (await confirmed(`Kill ${channel}?`, words, "Kill")) await act(by, "/api/kill", { channel }, `kill ${channel}`);
}

async function end(session, by) {
  const words = "Its client is told so and does not come back by itself.";
  if (!(await confirmed(`End ${session}?`, words, "End"))) return;
  await act(by, "/api/disconnect", { session, reason: "ended by an operator" }, `end ${session}`);
  closeDetail();
}

prepareDetail();
look();
document.addEventListener("visibilitychange", () => !document.hidden && refresh()); // perhaps its link was opened meanwhile
setInterval(() => !document.hidden && !$("stage").hidden && refresh(), CALM_PERIOD);

// Notifications by long polling. There is no code of ours on the node: an inbox is the built-in channel `user:<id>`.
import { connect } from "/troupe.js";
import { $, el, showConnection, showStatus, clockSeconds } from "/shared/page.js";

// -- listening ----------------------------------------------------------------

let client = null; // while we listen
let read = null; // whose inbox we have read, and up to where

function listen(userId) {
  $("toggle").textContent = "Stop";
  $("toggle").classList.add("quiet");
  $("to").value = userId;
  showCommands(userId);
  if (read?.userId !== userId) read = { userId };
  client = connect({ transports: ["poll"] });
  showConnection(client);
  const inbox = client.subscribe(`user:${userId}`, { since: read.position });
  inbox.on("message", (data, { timestamp }) => {
    $("inbox").prepend(lineOf(data, timestamp));
    tidy();
  });
  inbox.on("$subscribed", (_, { recovered }) => recovered || showOlder(inbox));
  read.inbox = inbox;
}

/** What came before we were here, below what has come since. */
async function showOlder(inbox) {
  const { publications } = await inbox.history({ limit: 50, before: inbox.position.offset + 1 });
  $("inbox").append(...publications.reverse().map(({ data, timestamp }) => lineOf(data, timestamp)));
  tidy();
}

function lineOf(message, timestamp) {
  const text = typeof message === "string" ? message : JSON.stringify(message);
  return el("li", { class: "arrive" }, el("span", {}, text), el("time", {}, clockSeconds(timestamp)));
}

function tidy() {
  while ($("inbox").children.length > 50) $("inbox").lastChild.remove();
}

function stop() {
  read.position = read.inbox.position;
  client.close();
  client = null;
  $("toggle").textContent = "Listen";
  $("toggle").classList.remove("quiet");
  showStatus("idle");
}

$("who").addEventListener("submit", (event) => {
  event.preventDefault();
  if (client) return stop();
  const userId = $("user").value.trim();
  if (!userId) return;
  $("inbox").replaceChildren();
  listen(userId);
});

// -- sending ------------------------------------------------------------------

/** Resolves when the node has taken it; else rejects, and says why. */
async function send(userId, message) {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch("/send", { method: "POST", headers, body: JSON.stringify({ userId, message }) }).catch(() => null);
  const answer = await response?.json().catch(() => null);
  if (!answer) throw new Error("The node did not answer");
  if (!answer.success) throw new Error(answer.error?.message ?? "The node refused it");
}

$("send").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = $("send").querySelector("button");
  if (button.disabled) return; // one at a time
  const words = $("message").value;
  button.disabled = true;
  $("sent").textContent = "Sending …";
  try {
    await send($("to").value.trim(), words);
    if ($("message").value === words) $("message").value = "";
    $("sent").textContent = "Sent.";
  } catch ({ message }) {
    $("sent").textContent = `Not sent: ${message}.`;
  } finally {
    button.disabled = false;
  }
});

// -- the same in a terminal ---------------------------------------------------

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`; // for a shell

function showCommands(userId) {
  const body = JSON.stringify({ userId, message: "Tea is ready" });
  $("curl-send").textContent = `curl ${location.origin}/send \\\n  -H 'Content-Type: application/json' \\\n  -d ${quoted(body)}`;
  $("curl-poll").textContent = `curl ${quoted(`${location.origin}/poll?userId=${encodeURIComponent(userId)}`)}`;
}

for (const button of document.querySelectorAll("[data-copy]"))
  button.addEventListener("click", async () => {
    const text = $(button.dataset.copy);
    getSelection().selectAllChildren(text);
    await navigator.clipboard?.writeText(text.textContent).catch(() => {});
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });

$("user").value = new URLSearchParams(location.search).get("user") ?? `guest-${Math.floor(Math.random() * 9000 + 1000)}`;
listen($("user").value);

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

$("send").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = JSON.stringify({ userId: $("to").value.trim(), message: $("message").value });
  $("message").value = "";
  try {
    const response = await fetch("/send", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    const answer = await response.json();
    $("sent").textContent = answer.success ? "Sent." : (answer.error?.message ?? "The node refused it.");
  } catch {
    $("sent").textContent = "The node did not answer.";
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

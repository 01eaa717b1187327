// Notifications by long polling. There is no code of ours on the node: an inbox is the built-in channel `user:<id>`.
import { $, el, showStatus, clockSeconds } from "/shared/page.js";

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// -- polling ------------------------------------------------------------------

let listening = null; // an AbortController while we listen
let polls = 0;

async function poll(userId, signal) {
  while (!signal.aborted) {
    try {
      showStatus("open");
      const response = await fetch(`/poll?userId=${encodeURIComponent(userId)}`, { signal });
      if (!response.ok) throw new Error(`status ${response.status}`);
      const data = await response.json();
      data.messages.forEach(showMessage);
      $("polls").textContent = `${++polls} ${polls === 1 ? "poll" : "polls"} answered`;
    } catch {
      if (signal.aborted) return;
      showStatus("waiting");
      await sleep(5000); // back off on errors
    }
  }
}

function showMessage({ message, timestamp }) {
  const text = typeof message === "string" ? message : JSON.stringify(message);
  $("inbox").prepend(el("li", { class: "arrive" }, el("span", {}, text), el("time", {}, clockSeconds(timestamp))));
  while ($("inbox").children.length > 50) $("inbox").lastChild.remove();
}

function listen(userId) {
  listening = new AbortController();
  $("toggle").textContent = "Stop";
  $("toggle").classList.add("quiet");
  $("to").value = userId;
  showCommands(userId);
  poll(userId, listening.signal);
}

function stop() {
  listening.abort();
  listening = null;
  $("toggle").textContent = "Listen";
  $("toggle").classList.remove("quiet");
  showStatus("idle");
}

$("who").addEventListener("submit", (event) => {
  event.preventDefault();
  if (listening) return stop();
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

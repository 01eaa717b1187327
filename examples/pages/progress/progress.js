// A job's progress over Server-Sent Events, its orders over POST /send. The job is examples/progress/job.hpp.
import { $, showStatus } from "/shared/page.js";
import { openStream } from "/shared/stream.js";

const CHANNEL = "job:primes";
const figure = new Intl.NumberFormat("en");
const rough = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

// -- the stream ---------------------------------------------------------------

let token = null; // says in POST /send which stream is ours

function onMessage(message) {
  if (message.type === "connected") token = message.token;
}

function onStarted({ up_to }) {
  show({ state: "running", up_to, looked_at: 0, found: 0, largest: 0, took: 0 });
}

const listeners = { message: onMessage, started: onStarted, state: show, progress: show, done: show, cancelled: show };
openStream(`/events?channel=${CHANNEL}`, listeners, showStatus);

// -- orders -------------------------------------------------------------------

async function call(event, data) {
  $("said").textContent = "";
  const body = JSON.stringify({ token, action: "call", channel: CHANNEL, event, data, id: 1 });
  try {
    const response = await fetch("/send", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    const answer = await response.json();
    const error = answer.error ?? (answer.type === "error" ? answer : null);
    if (error) $("said").textContent = error.message;
  } catch {
    $("said").textContent = "The node did not answer.";
  }
}

$("order").addEventListener("submit", (event) => {
  event.preventDefault();
  call("start", { up_to: Number($("up-to").value) });
});
$("cancel").addEventListener("click", () => call("cancel", null));

// -- showing ------------------------------------------------------------------

function show({ state, up_to, looked_at, found, largest, took }) {
  const part = up_to > 0 ? looked_at / up_to : 0;
  const running = state === "running";
  const speed = took > 0 ? looked_at / took : 0; // numbers per millisecond

  $("state").textContent = state;
  $("state").dataset.state = $("meter").dataset.state = state;
  $("bar").style.setProperty("--part", part);
  $("meter").setAttribute("aria-valuenow", Math.floor(100 * part));
  $("percent").textContent = `${Math.floor(100 * part)} %`;
  $("left").textContent = running && speed > 0 ? `about ${Math.ceil((up_to - looked_at) / speed / 1000)} s left` : outcome(state, up_to, found, took);
  $("looked").textContent = figure.format(looked_at);
  $("found").textContent = figure.format(found);
  $("largest").textContent = figure.format(largest);
  $("speed").textContent = speed > 0 ? `${rough.format(1000 * speed)}/s` : "–";
  $("start").disabled = running;
  $("cancel").disabled = !running;
}

function outcome(state, up_to, found, took) {
  if (state !== "done") return "";
  return `${figure.format(found)} primes up to ${figure.format(up_to)} in ${(took / 1000).toFixed(1)} s`;
}

// A job's progress over Server-Sent Events, its orders over POST /send. The job is examples/progress/job.hpp.
import { connect } from "/troupe.js";
import { $, showConnection } from "/shared/page.js";

const figure = new Intl.NumberFormat("en");
const rough = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

// -- the stream ---------------------------------------------------------------

let report = null; // the last that the job said
let isOpen = false;

const client = connect({ transports: ["sse", "poll"] }).on("state", ({ state }) => {
  isOpen = state === "open";
  if (report) show(report);
});
showConnection(client);
const job = client.subscribe("job:primes").on("started", onStarted);
for (const event of ["state", "progress", "done", "cancelled"]) job.on(event, show);

function onStarted({ up_to }) {
  show({ state: "running", up_to, looked_at: 0, found: 0, largest: 0, took: 0 });
}

// -- orders -------------------------------------------------------------------

async function call(event, data) {
  $("said").textContent = "";
  try {
    await job.call(event, data);
  } catch ({ message }) {
    $("said").textContent = message;
  }
}

$("order").addEventListener("submit", (event) => {
  event.preventDefault();
  call("start", { up_to: Number($("up-to").value) });
});
$("cancel").addEventListener("click", () => call("cancel", null));

// -- showing ------------------------------------------------------------------

/** Without a connection nobody knows what the job does: the page shows how far it was, and that it does not know. */
function show(latest) {
  report = latest;
  const { state, up_to, looked_at, found, largest, took } = latest;
  const part = up_to > 0 ? looked_at / up_to : 0;
  const running = state === "running";
  const shown = running && !isOpen ? "unknown" : state;
  const speed = took > 0 ? looked_at / took : 0; // numbers per millisecond

  $("state").textContent = shown;
  $("state").dataset.state = $("meter").dataset.state = shown;
  $("bar").style.setProperty("--part", part);
  $("meter").setAttribute("aria-valuenow", Math.floor(100 * part));
  $("percent").textContent = `${Math.floor(100 * part)} %`;
  $("left").textContent = shown === "unknown" ? "as far as we heard" : running && speed > 0 ? `about ${Math.ceil((up_to - looked_at) / speed / 1000)} s left` : outcome(state, up_to, found, took);
  $("looked").textContent = figure.format(looked_at);
  $("found").textContent = figure.format(found);
  $("largest").textContent = figure.format(largest);
  $("speed").textContent = speed > 0 ? `${rough.format(1000 * speed)}/s` : "–";
  $("start").disabled = running || !isOpen;
  $("cancel").disabled = !running || !isOpen;
}

function outcome(state, up_to, found, took) {
  if (state !== "done") return "";
  return `${figure.format(found)} primes up to ${figure.format(up_to)} in ${(took / 1000).toFixed(1)} s`;
}

// One channel, heard over three transports at once.
import { connect } from "/shared/troupe.js";
import { $, el, showStatus } from "/shared/page.js";
import { openStream } from "/shared/stream.js";

const CHANNEL = "open:demo";
const tab = crypto.getRandomValues(new Uint32Array(2)).join("-"); // to know our own words again

const WORDS = { connecting: "connecting", open: "open", waiting: "coming back", closed: "closed" };

function lane(name) {
  const node = document.querySelector(`[data-lane="${name}"]`);
  const pill = node.querySelector(".pill");
  const list = node.querySelector("ol");
  return {
    status(state, text) {
      pill.dataset.state = state;
      pill.textContent = text;
    },
    heard(data) {
      if (typeof data?.text !== "string") return;
      const took = data.tab === tab ? `${Math.max(0, performance.now() - data.at).toFixed(1)} ms` : "";
      list.prepend(el("li", { class: "arrive" }, el("span", {}, data.text), el("span", { class: "ms" }, took)));
      while (list.children.length > 3) list.lastChild.remove();
    },
  };
}

// -- WebSocket ----------------------------------------------------------------

const websocket = lane("websocket");
const troupe = connect({
  onStatus(state) {
    showStatus(state);
    websocket.status(state, WORDS[state]);
  },
});
const channel = troupe.subscribe(CHANNEL).on("said", (data) => websocket.heard(data));

$("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("words").value.trim();
  if (text && channel.publish("said", { text, tab, at: performance.now() })) $("words").value = "";
});

// -- Server-Sent Events -------------------------------------------------------

const sse = lane("sse");
openStream(`/events?channel=${CHANNEL}`, { said: sse.heard }, (state) => sse.status(state, WORDS[state]));

// -- long polling -------------------------------------------------------------

const poll = lane("poll");

async function pollForEver() {
  let cursor = null;
  for (;;) {
    try {
      poll.status("open", "waiting");
      const response = await fetch(cursor ? `/poll?cursor=${encodeURIComponent(cursor)}` : `/poll?channel=${CHANNEL}`);
      if (response.status === 401 || response.status === 404) cursor = null; // we were away for too long
      if (!response.ok) throw new Error(response.status);
      const answer = await response.json();
      cursor = answer.cursor; // sending it back says that we have these
      for (const { message } of answer.messages) poll.heard(message);
    } catch {
      poll.status("waiting", "coming back");
      await new Promise((resolve) => setTimeout(resolve, 3000));
    }
  }
}
pollForEver();

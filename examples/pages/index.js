// One channel, heard over three transports at once.
import { connect } from "/troupe.js";
import { $, el, showStatus } from "/shared/page.js";

const CHANNEL = "open:demo";
const tab = crypto.getRandomValues(new Uint32Array(2)).join("-"); // to know our own words again

/** A client of its own, which may use only this transport. */
function lane(transport) {
  const node = document.querySelector(`[data-lane="${transport}"]`);
  const pill = node.querySelector(".pill");
  const list = node.querySelector("ol");

  function heard(data) {
    if (typeof data?.text !== "string") return;
    const took = data.tab === tab ? `${Math.max(0, performance.now() - data.at).toFixed(1)} ms` : "";
    list.prepend(el("li", { class: "arrive" }, el("span", {}, data.text), el("span", { class: "ms" }, took)));
    while (list.children.length > 3) list.lastChild.remove();
  }

  const client = connect({ transports: [transport] }).on("state", ({ state }) => {
    if (transport === "websocket") showStatus(state);
    pill.dataset.state = state;
    pill.textContent = state === "waiting" ? "coming back" : state;
  });
  return client.subscribe(CHANNEL).on("said", heard);
}

const [channel] = ["websocket", "sse", "poll"].map(lane);

$("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("words").value.trim();
  if (!text) return;
  $("words").value = "";
  channel.publish("said", { text, tab, at: performance.now() }).catch(() => ($("words").value ||= text));
});

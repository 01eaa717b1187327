// What happens in the node, as it happens.

import { $, clock, el } from "/observer/elements.js";

const EVENTS_MAX = 100;

export const WORDS = {
  started: ({ actor }) => `${actor} started`,
  restarted: ({ actor, reason, restarts: n }) => `${actor} restarted (${n}): ${reason}`,
  failed: ({ actor, reason }) => `${actor} failed: ${reason}`,
  joined: ({ channel, session }) => `${session} joined ${channel}`,
  left: ({ channel, session, reason }) => `${session} left ${channel}: ${reason}`,
  opened: ({ session, transport }) => `${session} opened, ${transport}`,
  closed: ({ session, transport, code, reason }) => `${session} closed, ${transport} ${code || ""} ${reason ?? ""}`,
  limit: ({ limit, who }) => `${limit} was passed: ${who}`,
  behind: ({ channel, session, missed }) => `${session} fell behind in ${channel} and missed ${missed ?? "some"}`,
  handler_failed: ({ actor, event, reason }) => `${actor}: handler of ${event} failed: ${reason}`,
  slow_handler: ({ actor, event, ms, over }) =>
    `${actor} ${over ? "ran" : "has been running"} ${event} for ${(ms / 1000).toFixed(1)} s`,
  slow: ({ session, transport, reason }) => `${session} was too slow, ${transport}: ${reason}`,
  audit: ({ action, target, who, from }) => `${action} ${target} by ${who} from ${from}`,
  left_out: ({ events }) => `${events} more, too many to tell`,
};

let waiting = []; // lines of this frame

/** Many in one frame are drawn together, and only those that will be seen. */
export function addEvent(kind, words) {
  if (waiting.length === 0) requestAnimationFrame(draw);
  waiting.push({ kind, words: words.trim(), at: clock() });
  if (waiting.length > EVENTS_MAX) waiting.shift();
}

function draw() {
  const lines = waiting.reverse().map(({ kind, words, at }) =>
    el("li", { "data-kind": kind }, el("time", {}, at), el("span", { class: "what" }, words)));
  waiting = [];
  $("events").prepend(...lines);
  while ($("events").childElementCount > EVENTS_MAX) $("events").lastChild.remove();
}

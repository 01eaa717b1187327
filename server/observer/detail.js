// One channel or one session, in a drawer: what it is, who is in it, what was said, and what is said now.

import { $, button, bytes, clock, count, duration, el, rate, setText, UNKNOWN } from "/observer/elements.js";
import { get, getHistory } from "/observer/api.js";

const PERIOD = 1000; // ms between two looks
const MEMBERS = 50;
const LINES_MAX = 200;
const SILENT = new Set(["stuck", "silent"]); // states in which a channel answers nothing

let shown = null; // what the drawer shows: { stop }

function open(title, look, actions) {
  shown?.stop();
  $("detail-title").textContent = title;
  $("detail-body").replaceChildren();
  $("detail-actions").replaceChildren(...actions);
  let timer = null;
  const own = { stop: () => clearTimeout(timer) };
  shown = own;
  const again = async () => {
    try {
      await look($("detail-body"));
    } catch (error) {
      said(error.message);
    }
    if (shown === own) timer = setTimeout(again, PERIOD);
  };
  said("");
  note("");
  if (!$("detail").open) $("detail").showModal();
  return again();
}

const said = (error) => setText($("detail-error"), error);

/** What became of a kill, for who sees only the drawer. */
export const note = (words) => setText($("detail-note"), words);

export function prepareDetail() {
  $("detail").addEventListener("close", () => (shown?.stop(), (shown = null)));
  $("detail-close").addEventListener("click", () => $("detail").close());
  $("detail").addEventListener("click", ({ target }) => target === $("detail") && $("detail").close());
}

export function closeDetail() {
  if ($("detail").open) $("detail").close();
}

/** A list of terms whose values change. */
function facts(entries) {
  return el("dl", {}, ...entries.flatMap(([term, value]) => [el("dt", {}, term), el("dd", {}, String(value))]));
}

function part(body, name, ...children) {
  let section = body.querySelector(`[data-part="${name}"]`);
  if (!section) body.append((section = el("section", { "data-part": name })));
  if (children.length > 0) section.replaceChildren(...children);
  return section;
}

// -- a channel ----------------------------------------------------------------

export function openChannel(name, { kill }) {
  const tail = new Tail(name);
  const actions = name.startsWith("$") ? [] : [button("Kill", `crash ${name} on purpose`, (by) => kill(name, by), "bad")];
  return open(name, async (body) => {
    const [row] = (await get("/api/channels", { channel: name })).channels;
    part(body, "facts", channelFacts(row));
    if (SILENT.has(row.state)) return said("It does not answer: members and what is said come once it does.");
    await drawMembers(part(body, "members"), name);
    await tail.look(part(body, "said"));
    said("");
  }, actions);
}

function channelFacts(c) {
  const busy = c.running ? [["Handler", `${c.running.event} has run for ${duration(c.running.seconds)}`]] : [];
  return facts([["State", c.state], ...busy, ["Members", count(c.members)], ["Publications per second", rate(c.rate)],
    ["Publications", count(c.publications)], ["Offset", c.offset === null ? UNKNOWN : `${c.epoch} @${c.offset}`], ["Mailbox", count(c.waiting)],
    ["History", bytes(c.history_bytes)], ["Restarts", count(c.restarts)], ["Last error", c.last_error === null ? UNKNOWN : c.last_error || "none"]]);
}

async function drawMembers(section, channel) {
  const { members, count: all, more } = await get("/api/presence", { channel, limit: MEMBERS });
  const items = members.map((m) => el("li", {}, [m.session, m.user, m.away ? "away" : ""].filter(Boolean).join(" ")));
  section.replaceChildren(
    el("h3", {}, "Members ", el("span", { class: "soft" }, count(all))),
    el("ul", { class: "members" }, ...items),
    el("p", { class: "soft" }, more ? `The first ${members.length}. Search for the others under Sessions.` : ""));
}

/** What is kept, and what comes: read from the history, so nobody joins. */
class Tail {
  #at = null; // EPOCH-OFFSET
  #overheard = "18446744073709551615"; // of what is ephemeral; at first all that was before
  #lines = el("ol", { class: "lines" });

  constructor(channel) {
    this.channel = channel;
  }

  async look(section) {
    if (section.childElementCount === 0)
      section.append(el("h3", {}, "What is said"), el("p", { class: "soft" }, "From the channel's history; what is ephemeral, from now on."), this.#lines);
    const from = this.#at ? { since: this.#at } : { limit: 20 };
    const page = await getHistory({ channel: this.channel, overheard: this.#overheard, ...from });
    if (page.recovered === false) this.#say("gap", "Something is missing here: it was not kept, or the channel began anew.");
    const all = [...page.publications, ...page.ephemeral].sort((a, b) => a.timestamp - b.timestamp);
    for (const p of all) this.#say("said", words(p), p.timestamp);
    this.#overheard = page.overheard;
    const last = page.more ? page.publications.at(-1).offset : page.offset;
    this.#at = `${page.epoch}-${last}`;
  }

  #say(kind, text, at) {
    this.#lines.prepend(el("li", { "data-kind": kind }, el("time", {}, clock(at)), el("span", { class: "what" }, text)));
    while (this.#lines.childElementCount > LINES_MAX) this.#lines.lastChild.remove();
  }
}

/** Whom it was said to, where that was not all. */
function addressees({ group, only, except }) {
  const names = (all) => (all.length > 3 ? `${count(all.length)} sessions` : all.join(", ") || "nobody");
  const to = group ? ` to ${group} (${count(only.length)})` : only ? ` to ${names(only)}` : "";
  return except ? `${to} but ${names(except)}` : to;
}

function words(said) {
  const { event, data, encoding, offset, from } = said;
  const text = encoding ? `${data} (${encoding})` : JSON.stringify(data ?? null);
  const place = offset === undefined ? "~" : `@${offset}`;
  return `${place} ${event ?? "message"} ${text.length > 500 ? `${text.slice(0, 500)}…` : text}${from ? ` from ${from}` : ""}${addressees(said)}`;
}

// -- a session ----------------------------------------------------------------

export function openSession(name, { end }) {
  return open(name, async (body) => {
    const [c] = (await get("/api/connections", { session: name })).connections;
    part(body, "facts", sessionFacts(c));
    part(body, "places", el("h3", {}, "Channels ", el("span", { class: "soft" }, count(c.in))),
      el("ul", { class: "members" }, ...c.channels.map(({ channel, offset, behind }) =>
        el("li", {}, `${channel} @${offset}`, behind > 0 ? el("span", { class: "behind" }, ` −${count(behind)}`) : null))));
    said("");
  }, [button("End", `disconnect ${name}`, (by) => end(name, by), "bad")]);
}

function sessionFacts(c) {
  return facts([["User", c.user || "anonymous"], ["Address", c.peer || "–"], ["Client", c.agent || "–"],
    ["Transport", c.away ? `${c.transport}, away` : c.transport], ["Shard", c.shard],
    ["Since", `${new Date(c.since).toLocaleString()} (${duration((Date.now() - c.since) / 1000)})`],
    ["Sent", bytes(c.sent)], ["Received", bytes(c.received)], ["Waiting to be sent", bytes(c.queued)],
    ["Behind", `${count(c.lag)} publications`], ["Journal", bytes(c.journal)]]);
}

// The two long tables: channels and sessions. One searches them, sorts them by a click on a heading, and opens a row.

import { $, button, bytes, count, duration, el, rate, setText } from "/observer/elements.js";
import { get } from "/observer/api.js";
import { LongList } from "/observer/long_list.js";

const CHANNEL = "channel "; // before its name, where actors are named
const TYPING_PAUSE = 250; // ms after the last key until it is searched

/** A search field, headings that sort, and the list below them. `sort` is the order at first. */
function table({ name, path, rowsOf, sort, ...rows }) {
  const query = { q: "", sort };
  const list = new LongList({
    scroller: $(name).closest(".scroll"),
    body: $(name),
    fetchPage: async (after, limit) => {
      const answer = await get(path, { ...query, after, limit });
      return { rows: rowsOf(answer), next: answer.next, total: answer.total, answer };
    },
    onPage: ({ total, answer }) => {
      setText($(`${name}-count`), count(total));
      $(`${name}-none`).hidden = total > 0;
      $(`${name}-none`).textContent = query.q ? "Nothing matches." : $(`${name}-none`).dataset.words;
      showTrouble($(`${name}-incomplete`), answer, rows.open);
    },
    ...rows,
  });
  const again = () => list.restart().catch(() => {});
  let typing = null;
  $(`${name}-q`).addEventListener("input", ({ target }) => {
    query.q = target.value.trim();
    clearTimeout(typing);
    typing = setTimeout(again, TYPING_PAUSE);
  });
  sortable($(name).closest("table"), query, again);
  return list;
}

/** Who did not answer, and what has run for too long, wherever it is in the list. */
function showTrouble(where, { incomplete, unanswered = [], running = [] }, open) {
  where.hidden = !incomplete && running.length === 0;
  const missing = incomplete ? `Not complete: ${unanswered.join(", ") || "somebody"} did not answer in time. ` : "";
  where.replaceChildren(missing, ...running.flatMap(({ actor, event, seconds }) => {
    const name = actor.startsWith(CHANNEL) ? actor.slice(CHANNEL.length) : null;
    return [name ? button(name, `look at ${name}`, () => open(name), "link") : actor, ` has run ${event} for ${duration(seconds)}. `];
  }));
}

/** The greatest first; names from A. A second click turns it round. */
function sortable(table, query, again) {
  const headings = [...table.querySelectorAll("th[data-sort]")];
  const show = () => {
    for (const th of headings) {
      const down = query.sort === `-${th.dataset.sort}`;
      const up = query.sort === th.dataset.sort;
      th.setAttribute("aria-sort", down ? "descending" : up ? "ascending" : "none");
    }
  };
  for (const th of headings)
    th.querySelector("button").addEventListener("click", () => {
      const own = th.dataset.sort;
      const first = own === "name" ? own : `-${own}`;
      query.sort = query.sort !== first ? first : first.startsWith("-") ? own : `-${own}`;
      show();
      again();
    });
  show();
}

const cell = (kind = "") => el("td", { class: kind });

/** A name that can be opened; too long ones end in dots, and are whole in the title. */
function opener(name, act) {
  return el("td", { class: "who" }, button(name, name, act, "link"));
}

// -- channels -----------------------------------------------------------------

export function channelTable({ open, kill, isFlashing }) {
  return table({
    name: "channels",
    open,
    path: "/api/channels",
    sort: "name",
    rowsOf: ({ channels }) => channels,
    keyOf: ({ name }) => name,
    makeRow: ({ name }) =>
      el("tr", { "data-channel": name },
        opener(name, () => open(name)), cell("n"), cell("n"), cell("n wide"), cell("n wide"),
        el("td", { class: "act" }, name.startsWith("$") ? null : button("Kill", `crash ${name} on purpose`, (by) => kill(name, by), "bad"))),
    updateRow: (row, { name, members, offset, restarts, rate: perSecond, state, last_error: error, running }) => {
      row.title = running ? `${name}: ${running.event} has run for ${duration(running.seconds)}` : `${name}: ${state}${error ? `, ${error}` : ""}`;
      row.dataset.state = state;
      row.classList.toggle("flash", isFlashing(name));
      [members, rate(perSecond), offset, restarts].forEach((value, i) => setText(row.children[i + 1], value));
    },
  });
}

// -- sessions -----------------------------------------------------------------

export function sessionTable({ open, end }) {
  return table({
    name: "sessions",
    open,
    path: "/api/connections",
    sort: "-since",
    rowsOf: ({ connections }) => connections,
    keyOf: ({ session }) => session,
    makeRow: ({ session, user }) =>
      el("tr", { "data-session": session },
        opener(user ? `${session} ${user}` : session, () => open(session)), cell(), cell("places wide"), cell("n"), cell("n wide"), cell("n wide"),
        el("td", { class: "act" }, button("End", `disconnect ${session}`, (by) => end(session, by), "bad"))),
    updateRow: (row, { transport, away, channels = [], in: inChannels, lag, queued, since, peer, agent }) => {
      row.title = [peer, agent].filter(Boolean).join(" · ");
      const places = channels.slice(0, 3).map(({ channel, offset }) => `${channel} @${offset}`).join(", ");
      const more = inChannels > 3 ? `, and ${inChannels - 3} more` : "";
      const values = [away ? `away, ${transport}` : transport, places + more, lag > 0 ? `−${count(lag)}` : "0", bytes(queued), duration((Date.now() - since) / 1000)];
      values.forEach((value, i) => setText(row.children[i + 1], value));
      row.children[3].classList.toggle("behind", lag > 0);
    },
  });
}

// The auction house: lots from the channel `hall`, one of them open here, gold from `prices`. The lot is ../lot.hpp.
// /#KEY is the auctioneer's: it may use the channel `admin`.
import { connect } from "/troupe.js";

const $ = (id) => document.getElementById(id);
const money = new Intl.NumberFormat("en");
const key = decodeURIComponent(location.hash.slice(1));

/** An element with text in it, never markup. */
function el(tag, text, properties = {}) {
  return Object.assign(document.createElement(tag), { textContent: text }, properties);
}

// -- the connection -----------------------------------------------------------

const WORDS = { connecting: "connecting", open: "live", waiting: "coming back", closed: "closed" };
let live = false;
const client = connect(key ? { token: key } : {}).on("state", ({ state, reason }) => {
  live = state === "open";
  $("status").dataset.state = state;
  $("status").textContent = WORDS[state] ?? state;
  if (state === "closed") $("entrance").textContent = reason ?? "closed";
  show();
});

client.subscribe("prices").on("gold", (price) => ($("gold").textContent = price.toFixed(2)));

const lots = new Map(); // channel → title
const hall = client.subscribe("hall").on("up", listLot).on("$subscribed", async () => {
  for (const { event, data } of (await hall.history({ limit: 20 })).publications) if (event === "up") listLot(data);
});

function listLot({ lot, title }) {
  lots.set(lot, title);
  $("lots").replaceChildren(...[...lots].map(([channel, name]) => el("a", name, {
    href: `?lot=${channel.slice("auction:".length)}${location.hash}`,
    ariaCurrent: channel === here ? "page" : null,
  })));
}

// -- the lot ------------------------------------------------------------------

const number = new URLSearchParams(location.search).get("lot") ?? "1";
const here = `auction:${number}`;
let room = null;
let lot = null; // as it was last said
let ends = 0, span = 1; // by this page's clock, in ms
let decide = null; // answers the question that is open
let bids = [];

$("name").value = sessionStorage.getItem("name") ?? "";
$("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  $("entrance").textContent = "";
  room = client.subscribe(here, { params: $("name").value.trim(), presence: true, recover: false });
  room.on("$subscribed", onEntered).on("$refused", ({ message }) => leave(message)).on("$presence", showHere);
  room.on("$unsubscribed", (reason, { again }) => again || leave(reason));
  room.on("price", onPrice).on("lot", take).on("over", take);
  room.on("outbid", (amount) => say(`You are outbid: ${money.format(amount)}`));
  room.on("won", (amount) => say(`It is yours, for ${money.format(amount)}`));
  room.answer("another round", ask);
});

async function onEntered(view) {
  sessionStorage.setItem("name", $("name").value.trim());
  $("enter").hidden = true;
  take(view);
  const { publications } = await room.history({ limit: 100 });
  bids = [];
  for (const { event, data } of publications) if (event === "price") bids.unshift(data);
    else if (event === "lot" && data.amount === 0) bids = [];
  showBids();
  $("bid").focus();
}

function leave(why) {
  $("entrance").textContent = why;
  $("enter").hidden = false;
  const left = room;
  room = lot = null;
  left?.leave();
  show();
}

function onPrice(view) {
  bids.unshift(view);
  take(view);
}

function take(view) {
  if (!lot || view.amount === 0) say("");
  if (view.amount === 0) bids = [];
  lot = view;
  ends = Date.now() + view.left;
  span = Math.max(view.left, view.amount && view.left < span ? span : 0, 1);
  decide?.(false);
  showBids();
  show();
}

const least = () => (lot.amount ? lot.amount + Math.max(1, Math.floor(lot.amount / 20)) : lot.start);
const say = (text) => ($("said").textContent = text);

$("offer").addEventListener("submit", async (event) => {
  event.preventDefault();
  say("");
  try {
    await room.call("bid", Number($("bid").value));
    $("bid").value = "";
  } catch ({ message }) {
    say(message);
  }
});

/** Resolves with what is pressed; the hammer does not wait for ever. */
function ask() {
  decide?.(false);
  $("question").hidden = false;
  $("yes").focus();
  return new Promise((resolve) => {
    const mine = (yes) => {
      if (decide === mine) {
        $("question").hidden = true;
        decide = null;
      }
      resolve(yes);
    };
    decide = mine;
    setTimeout(mine, 5000, false);
  });
}
$("yes").addEventListener("click", () => decide?.(true));
$("no").addEventListener("click", () => decide?.(false));

// -- the auctioneer -----------------------------------------------------------

const admin = key ? client.subscribe("admin").on("$subscribed", () => (($("desk").hidden = false), showHere())) : null;

async function order(what, data = null) {
  try {
    await admin.call("order", { lot: number, what, data });
    $("order").textContent = "done";
  } catch ({ message }) {
    $("order").textContent = message;
  }
}
$("hammer").addEventListener("click", () => order("hammer"));

// -- showing ------------------------------------------------------------------

function show() {
  const left = lot ? Math.max(0, ends - Date.now()) : 0;
  const open = left > 0 && live;
  $("round").textContent = `Lot ${number}`;
  $("title").textContent = lot?.title || lots.get(here) || `Lot ${number}`;
  $("amount").textContent = lot?.amount ? money.format(lot.amount) : lot?.start ? `from ${money.format(lot.start)}` : "–";
  $("leader").textContent = lot?.leader ?? "";
  $("left").textContent = left > 0 ? `${Math.ceil(left / 1000)} s` : lot ? "closed" : "";
  $("outcome").textContent = !lot || left > 0 || lot.left > 0 ? "" : lot.amount ? `sold to ${lot.leader}` : lot.title ? "nobody wanted it" : "not yet open";
  $("clock").dataset.state = left > 10_000 ? "open" : left > 0 ? "late" : "closed";
  $("bar").style.setProperty("--part", Math.min(1, left / span));
  $("bid").disabled = $("send").disabled = !open;
  if (lot) $("bid").min = $("bid").placeholder = least();
}
setInterval(show, 250);

function showBids() {
  $("bids").replaceChildren(...bids.slice(0, 50).map(({ amount, leader }) => {
    const row = el("li", "");
    row.append(el("span", leader), el("b", money.format(amount)));
    return row;
  }));
}

function showHere() {
  $("here").replaceChildren(...(room?.members ?? []).map(({ session, data, away }) => {
    const row = el("li", away ? `${data} (away)` : data);
    if (!$("desk").hidden) row.append(el("button", "Remove", { className: "quiet", type: "button", ariaLabel: `Remove ${data}`, onclick: () => order("remove", session) }));
    return row;
  }));
}

// A chat room. The room itself is an actor on the node: examples/chat/room.hpp.
import { connect } from "/troupe.js";
import { $, el, showConnection, clock, colourOf, tabSecret } from "/shared/page.js";

let room = null;
let client = null;
let myName = "";
let me = ""; // our session, which changes when we come back
let cutOff = false;
const former = new Set(); // sessions that were ours, and of whose end we have not heard
const people = new Map(); // session → name
const typists = new Map(); // session → timer
const pending = new Map(); // our id → the bubble that waits for it
const SAYING = 60_000; // ms that our words may wait for the room

// -- the door -----------------------------------------------------------------

const wish = new URLSearchParams(location.search);
$("name").value = wish.get("name") ?? localStorage.getItem("troupe-name") ?? "";
$("room").value = wish.get("room") ?? "tea";

$("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  myName = $("name").value.trim();
  if (!myName) return;
  localStorage.setItem("troupe-name", myName);
  enter($("room").value.trim());
});

$("leave").addEventListener("click", () => {
  client.close();
  forget();
  showDoor();
});

function showDoor(why) {
  $("inside").hidden = true;
  $("door").hidden = false;
  $("refused").hidden = !why;
  $("refused").textContent = why ?? "";
}

function enter(name) {
  $("log").replaceChildren();
  $("room-name").textContent = `# ${name}`;
  client?.close();
  client = connect({ callTimeout: SAYING }).on("state", onConnection).on("resumed", () => onBack(true));
  showConnection(client);
  room = client
    .subscribe(`room:${name}`, { params: { name: myName, client: tabSecret() } })
    .on("$subscribed", onEntered)
    .on("$refused", (error) => showDoor(error.message))
    .on("$gap", (missed) => note(`${missed ?? "some"} messages were missed`, true))
    .on("$unsubscribed", (reason, { again }) => note(again ? `${reason}, coming back …` : `you are out of the room: ${reason}`, true))
    .on("message", onMessage)
    .on("typing", onTyping)
    .on("topic", ({ text }) => (showTopic(text), note(`the topic is now “${text}”`)))
    .on("joined", ({ id, name: who }) => (people.set(id, who), showPeople(), note(`${who} came in`)))
    .on("left", onLeft);
}

function forget() {
  me = "";
  former.clear();
  cutOff = false;
  people.clear();
  pending.clear();
  for (const id of [...typists.keys()]) stopTyping(id);
}

function onEntered(view, { recovered, first }) {
  if (me && me !== view.you) former.add(me);
  me = view.you;
  former.delete(me); // a node that was started anew counts its sessions anew
  showInside();
  people.clear();
  for (const { id, name } of view.members) people.set(id, name);
  showTopic(view.topic);
  showPeople();
  if (!recovered) showAnew(view.recent);
  if (!first) onBack(recovered);
}

function onBack(recovered) {
  cutOff = false;
  note(recovered ? "back again, nothing was lost" : "back again after a while", !recovered);
}

function showInside() {
  if ($("door").hidden) return;
  $("door").hidden = true;
  $("inside").hidden = false;
  $("text").focus();
}

/** The room's memory, and below what we said and it has not confirmed. */
function showAnew(recent) {
  $("log").replaceChildren();
  for (const message of recent) {
    pending.delete(message.id);
    onMessage(message);
  }
  for (const bubble of pending.values()) add(bubble);
}

/** Our own session of before goes when we come back: no news to us. Another one's may have its number, on a new node. */
function onLeft({ id, name }) {
  const wasOurs = former.delete(id) && name === myName;
  people.delete(id);
  stopTyping(id);
  showPeople();
  if (!wasOurs) note(`${name} left`);
}

function onConnection({ state }) {
  if (state !== "waiting" || !me || cutOff) return;
  cutOff = true;
  note("connection lost, coming back …", true);
}

// -- messages -----------------------------------------------------------------

$("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  $("text").value = "";
  sayTyping(false);
  say(text);
});

/** Shows the bubble at once; the room's broadcast, which we hear like everybody else, confirms it. */
function say(text) {
  const id = crypto.getRandomValues(new Uint32Array(2)).join("-");
  const bubble = showBubble({ from: me, name: myName, text, time: Date.now() }, true);
  bubble.classList.add("pending");
  pending.set(id, bubble);
  room.call("say", { text, id }).catch(() => {
    if (pending.get(id) !== bubble) return; // the room's broadcast was sooner
    bubble.classList.replace("pending", "lost");
    bubble.onclick = () => {
      bubble.remove();
      pending.delete(id);
      say(text);
    };
  });
}

function onMessage(message) {
  stopTyping(message.from);
  const bubble = pending.get(message.id);
  if (!bubble) return showBubble(message, message.from === me && message.name === myName);
  pending.delete(message.id);
  bubble.classList.remove("pending", "lost");
  bubble.onclick = null;
}

function showBubble({ name, text, time }, mine) {
  const log = $("log");
  const same = log.lastElementChild?.dataset.name === name;
  const who = el("span", { class: "who" }, name, el("time", {}, clock(time)));
  const bubble = el("li", { class: "message arrive", "data-name": name, "data-colour": colourOf(name) }, who, el("span", { class: "said" }, text));
  bubble.classList.toggle("mine", mine);
  bubble.classList.toggle("same", same);
  add(bubble);
  return bubble;
}

function note(text, big = false) {
  add(el("li", { class: big ? "event big" : "event" }, text));
}

/** Stays at the end if we were there. */
function add(line) {
  const log = $("log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  log.append(line);
  while (log.children.length > 500) log.firstElementChild.remove();
  if (atEnd) log.scrollTop = log.scrollHeight;
}

// -- who is here, who is typing, what about -----------------------------------

function showPeople() {
  const face = (name) => el("span", { class: "face", "aria-hidden": "true" }, [...name][0].toUpperCase());
  const line = ([id, name]) =>
    el("li", { "data-colour": colourOf(name), "data-session": id }, face(name), el("span", {}, name), id === me ? el("span", { class: "soft small" }, "you") : null);
  const usFirst = ([a, nameA], [b, nameB]) => (b === me) - (a === me) || nameA.localeCompare(nameB);
  $("people").replaceChildren(...[...people].sort(usFirst).map(line));
  $("count").textContent = people.size;
}

function showTopic(text) {
  $("topic").textContent = text;
}

$("topic").addEventListener("click", () => {
  const text = prompt("What is this room about?", $("topic").textContent)?.trim();
  if (text) room.call("topic", { text }).catch((error) => note(error.message, true));
});

let saidTyping = 0;
$("text").addEventListener("input", () => sayTyping($("text").value !== ""));

function sayTyping(on) {
  const now = Date.now();
  if (on ? now - saidTyping < 2000 : saidTyping === 0) return;
  saidTyping = on ? now : 0;
  room.call("typing", { on }, { volatile: true });
}

function onTyping({ id, name, on }) {
  stopTyping(id);
  if (!on) return;
  typists.set(id, { name, timer: setTimeout(() => stopTyping(id), 4000) });
  showTyping();
}

function stopTyping(id) {
  clearTimeout(typists.get(id)?.timer);
  typists.delete(id);
  showTyping();
}

function showTyping() {
  const names = [...typists.values()].map(({ name }) => name);
  $("typing").textContent = names.length === 0 ? "" : `${names.join(", ")} ${names.length === 1 ? "is" : "are"} typing …`;
}

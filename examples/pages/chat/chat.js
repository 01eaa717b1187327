// A chat room. The room itself is an actor on the node: examples/chat/room.hpp.
import { connect } from "/troupe.js";
import { $, el, showConnection, colourOf, keptOverReload, tabSecret } from "/shared/page.js";
import { Conversation } from "./conversation.js";

let room = null;
let client = null;
let myName = "";
let me = ""; // our session, which changes when we come back
let cutOff = false;
const former = new Set(); // sessions that were ours, and of whose end we have not heard
const people = new Map(); // session → name
const typists = new Map(); // session → timer
const conversation = new Conversation($("log"));
const place = keptOverReload("troupe-chat"); // { room, name } of where we are
const SAYING = 60_000; // ms that our words may wait for the room

// -- the door -----------------------------------------------------------------

const wish = new URLSearchParams(location.search);
$("name").value = wish.get("name") ?? place.value?.name ?? localStorage.getItem("troupe-name") ?? "";
$("room").value = wish.get("room") ?? place.value?.room ?? "tea";

$("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!$("name").value.trim()) return;
  localStorage.setItem("troupe-name", $("name").value.trim());
  enter($("room").value.trim(), $("name").value.trim());
});

$("leave").addEventListener("click", () => {
  client.close();
  showDoor();
});

function showDoor(why) {
  forget();
  $("inside").hidden = true;
  $("door").hidden = false;
  $("refused").hidden = !why;
  $("refused").textContent = why ?? "";
}

function enter(name, as) {
  forget();
  myName = as;
  place.value = { room: name, name: as };
  history.replaceState(null, "", `?${new URLSearchParams({ room: name })}`); // an address to come back to, or to give away
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
  place.value = null;
  conversation.clear();
  me = "";
  former.clear();
  cutOff = false;
  people.clear();
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
  if (!first) onBack(recovered);
  if (!recovered) view.recent.filter((message) => !conversation.has(message)).forEach(onMessage);
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

function say(text) {
  const id = crypto.getRandomValues(new Uint32Array(2)).join("-");
  conversation.said(id, { name: myName, text, time: Date.now() });
  deliver(id, text);
}

/** Under the same key it is said once, however often it is tried in one session. */
function deliver(id, text) {
  room.call("say", { text, id }, { key: id }).catch(({ code, message }) =>
    conversation.failed(id, code === "refused" ? `Not sent: ${message}` : "Not sent", () => {
      $("text").focus();
      deliver(id, text);
    }),
  );
}

function onMessage(message) {
  stopTyping(message.from);
  conversation.heard(message, message.from === me && message.name === myName);
}

function note(text, big = false) {
  conversation.note(text, big);
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

// Loaded again, or back from another page: to where we were, unless the address wishes for something else.
if (place.value && $("room").value === place.value.room && $("name").value === place.value.name) enter(place.value.room, place.value.name);

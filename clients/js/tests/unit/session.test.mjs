import assert from "node:assert/strict";
import { test } from "node:test";
import { inRoom, scripted } from "../house/scripted.mjs";

// -- resume -------------------------------------------------------------------

test("resume goes first: the token, how many messages were had since welcome, and the positions", async () => {
  const s = await inRoom();
  await s.line.broadcast("room", 1);
  await s.line.broadcast("room", 2);
  await s.cut();
  const { action, token, received, positions, attempt } = s.line.sent[0];
  assert.deepEqual({ action, token, received, positions, attempt }, { action: "resume", token: "t1", received: 3, positions: { room: { epoch: "e1", offset: 2 } }, attempt: 1 });
});

test("a session that goes on needs no joining: what was missed follows, nobody is told of a gap", async () => {
  const s = await inRoom();
  await s.line.broadcast("room", 1);
  await s.cut();
  await s.line.welcome({ session: "s2", token: "t2" });
  const { id } = s.line.last("resume");
  await s.line.say(
    { type: "resumed", id, session: "s1", token: "t3", private: "kept" },
    { type: "broadcast", channel: "room", event: "said", data: 2, offset: 2 },
  );
  assert.equal(s.line.count("subscribe"), 0);
  assert.equal(s.client.status.state, "open");
  assert.equal(s.client.session, "s1");
  assert.deepEqual(s.said(), [1, 2]);
  await s.cut();
  assert.deepEqual([s.line.last("resume").token, s.line.last("resume").received], ["t3", 3], "the count goes on");
});

test("`resumed` is heard once, and never counted, whether a transport says it once more", async () => {
  const s = await inRoom();
  let told = 0;
  s.client.on("resumed", () => told++);
  await s.cut();
  await s.line.welcome({ token: "t2" });
  const resumed = { type: "resumed", id: s.line.last("resume").id, session: "s1", token: "t1" };
  await s.line.say(resumed, { ...resumed, id: undefined });
  await s.cut();
  assert.deepEqual([told, s.line.last("resume").received], [1, 1], "subscribed");
  assert.equal(s.line.last("resume").attempt, 2);
});

test("`private: lost` is told", async () => {
  const s = await inRoom();
  const told = [];
  s.client.on("resumed", ({ private: items }) => told.push(items));
  await s.cut();
  await s.line.welcome();
  await s.line.say({ type: "resumed", id: s.line.last("resume").id, session: "s1", private: "lost" });
  assert.deepEqual(told, ["lost"]);
});

test("a session that has expired is joined anew from the positions", async () => {
  const s = await inRoom();
  await s.line.broadcast("room", 1);
  await s.cut();
  await s.line.welcome({ session: "s2", token: "t2" });
  assert.equal(s.line.count("subscribe"), 0);
  await s.line.refuse("resume", "expired");
  assert.deepEqual(s.line.last("subscribe").since, { epoch: "e1", offset: 1 });
  await s.line.joined("room", { offset: 1, recovered: true });
  await s.line.broadcast("room", 2);
  assert.deepEqual(s.said(), [1, 2]);
  assert.deepEqual(s.heard.at(-2), ["$subscribed", null, { first: false, recovered: true }]);
  await s.cut();
  assert.deepEqual([s.line.last("resume").token, s.line.last("resume").received], ["t2", 3], "expired, subscribed, broadcast");
});

test("what is missing is told as a gap, before anything else", async () => {
  const s = await inRoom();
  await s.cut();
  await s.line.welcome();
  await s.line.refuse("resume", "expired");
  await s.line.joined("room", { epoch: "e2", offset: 40, recovered: false });
  assert.deepEqual(s.heard.slice(1), [["$gap", null], ["$subscribed", null, { first: false, recovered: false }]]);
  assert.deepEqual(s.room.position, { epoch: "e2", offset: 40 });
});

test("two cuts in one breath: the handshake of the first is over with it", async () => {
  const s = await inRoom();
  await s.cut();
  await s.line.welcome();
  await s.cut();
  await s.line.welcome();
  await s.line.refuse("resume", "expired");
  assert.equal(s.line.count("subscribe"), 1);
  await s.line.joined("room", { recovered: true });
  await s.line.broadcast("room", 1);
  assert.deepEqual(s.said(), [1]);
});

test("failed attempts between do not forget what the session was in", async () => {
  const s = await inRoom({ names: ["websocket"] });
  await s.cut();
  await s.cut();
  await s.cut();
  await s.line.welcome();
  await s.line.say({ type: "resumed", id: s.line.last("resume").id, session: "s1" });
  await s.line.broadcast("room", 1);
  assert.deepEqual(s.said(), [1]);
  assert.equal(s.line.count("subscribe"), 0);
});

test("a session that was cut before it joined anything is in nothing, whatever the one before was in", async () => {
  let asked = 0;
  const s = await scripted({ names: ["websocket"], token: () => `jwt-${++asked}` });
  s.client.subscribe("room");
  await s.line.welcome({ token: "t1" });
  await s.line.reply("authenticate");
  await s.line.joined("room");
  await s.line.end();
  await s.comeBack();
  await s.line.welcome({ token: "t2" });
  await s.line.refuse("resume", "expired");
  await s.line.end(); // it was about to authenticate
  await s.comeBack();
  await s.line.welcome({ token: "t3" });
  assert.equal(s.line.last("resume").token, "t2");
  await s.line.say({ type: "resumed", id: s.line.last("resume").id, session: "s2" });
  await s.line.reply("authenticate");
  assert.equal(s.line.last("subscribe").channel, "room");
});

test("a channel that was being joined as the line was cut is joined after resume", async () => {
  const s = await inRoom();
  s.client.subscribe("late");
  await s.cut();
  await s.line.welcome();
  await s.line.say({ type: "resumed", id: s.line.last("resume").id, session: "s1" });
  assert.equal(s.line.last("subscribe").channel, "late");
  assert.equal(s.line.count("subscribe"), 1);
});

test("and one whose join had taken effect is left and joined again", async () => {
  const s = await inRoom();
  const late = s.client.subscribe("late");
  await s.cut();
  await s.line.welcome();
  await s.line.say({ type: "resumed", id: s.line.last("resume").id, session: "s1" });
  await s.line.refuse("subscribe", "already_subscribed");
  assert.equal(s.line.last("unsubscribe").channel, "late");
  await s.line.joined("late", { offset: 3 });
  assert.deepEqual(late.position, { epoch: "e1", offset: 3 });
});

test("a channel that was left while away is left by the resumed session, and stays joined if it was wanted again", async () => {
  const s = await inRoom();
  const other = s.client.subscribe("other");
  await s.line.joined("other");
  await s.line.end();
  other.leave();
  s.room.leave();
  s.client.subscribe("room");
  await s.comeBack();
  await s.line.welcome();
  await s.line.say({ type: "resumed", id: s.line.last("resume").id, session: "s1" });
  const order = s.line.sent.slice(1).map(({ action, channel }) => `${action} ${channel}`);
  assert.deepEqual(order, ["unsubscribe other", "unsubscribe room", "subscribe room"]);
});

// -- who we are ---------------------------------------------------------------

test("a token is shown before anything is joined; a function is asked anew for each connection", async () => {
  let asked = 0;
  const s = await scripted({ token: async () => `jwt-${++asked}` });
  s.client.subscribe("room");
  await s.line.welcome();
  assert.equal(s.line.last("authenticate").token, "jwt-1");
  assert.equal(s.line.count("subscribe"), 0);
  assert.equal(s.client.status.state, "connecting");
  await s.line.reply("authenticate");
  assert.equal(s.client.status.state, "open");
  assert.equal(s.line.count("subscribe"), 1);
  await s.line.end({ code: 4005, reason: "expired" });
  await s.comeBack();
  await s.line.welcome();
  await s.line.refuse("resume", "expired");
  assert.equal(s.line.last("authenticate").token, "jwt-2");
});

test("a token that is refused twice in a row ends it; one refusal may be an old token", async () => {
  const s = await scripted({ names: ["websocket"], token: () => "jwt" });
  await s.line.welcome();
  await s.line.refuse("authenticate", "expired");
  assert.equal(s.client.status.state, "waiting");
  await s.comeBack();
  await s.line.welcome();
  await s.line.refuse("resume", "expired");
  await s.line.refuse("authenticate", "unauthorised");
  assert.equal(s.client.status.state, "closed");
  assert.equal(s.client.status.reason, "unauthorised it is");
});

test("a fixed token that is refused ends it at once", async () => {
  const s = await scripted({ token: "jwt" });
  await s.line.welcome();
  await s.line.refuse("authenticate", "unauthorised");
  assert.equal(s.client.status.state, "closed");
});

test("a function that fails is asked again later", async () => {
  let asked = 0;
  const s = await scripted({ names: ["websocket"], token: () => (++asked === 1 ? Promise.reject(new Error("no network")) : "jwt") });
  await s.line.welcome();
  assert.deepEqual([s.client.status.state, s.client.status.reason], ["waiting", "no network"]);
  await s.comeBack();
  await s.line.welcome();
  await s.line.refuse("resume", "expired");
  assert.equal(s.line.last("authenticate").token, "jwt");
});

test("a token that comes after its connection was lost is not shown to the next", async () => {
  const given = [];
  const s = await scripted({ names: ["websocket"], token: () => new Promise((resolve) => given.push(resolve)) });
  await s.line.welcome();
  await s.line.end();
  await s.comeBack();
  await s.line.welcome();
  given[0]("late");
  await s.clock.advance(0);
  assert.equal(s.line.count("authenticate"), 0);
});

// -- a session that is refused, by status ---------------------------------------

for (const error of ["bad_message", "refused"])
  test(`a stream that is refused its session (${error}) begins anew, from where the channels stand`, async () => {
    const s = await inRoom({ names: ["sse"] });
    await s.line.broadcast("room", 1);
    await s.cut();
    await s.line.end({ reason: "not yours", error });
    assert.equal(s.client.status.state, "waiting");
    await s.comeBack();
    assert.equal(s.line.opening.resume, null);
    await s.line.welcome({ token: "t2" });
    assert.deepEqual(s.line.last("subscribe").since, { epoch: "e1", offset: 1 });
  });

test("one that is refused for now keeps its session", async () => {
  const s = await inRoom({ names: ["sse"] });
  await s.cut();
  await s.line.end({ reason: "drains", error: "unavailable" });
  await s.comeBack();
  assert.equal(s.line.opening.resume.token, "t1");
});

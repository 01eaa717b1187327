import assert from "node:assert/strict";
import { test } from "node:test";
import { heardBy, outcome, quiet, scripted } from "../house/scripted.mjs";
import { settled } from "../house/clock.mjs";

async function inRoom(wishes) {
  const s = await scripted();
  s.room = s.client.subscribe("room", wishes);
  s.heard = heardBy(s.room);
  await s.line.welcome();
  await s.line.joined("room");
  s.said = () => s.heard.filter(([event]) => event === "said").map(([, data]) => data);
  return s;
}

async function cut(s) {
  await s.line.end();
  await s.comeBack();
  await s.line.welcome();
  await s.line.refuse("resume", "expired");
}

// -- hearing ------------------------------------------------------------------

test("what was told is not told again, and nothing before it", async () => {
  const s = await inRoom();
  for (const offset of [1, 2, 2, 1, 4, 3, 5]) await s.line.broadcast("room", offset);
  assert.deepEqual(s.said(), [1, 2, 4, 5]);
});

test("what has no offset is told each time: pushes, and what is ephemeral", async () => {
  const s = await inRoom();
  await s.line.broadcast("room", 5);
  for (const type of ["push", "broadcast"]) await s.line.say({ type, channel: "room", event: "said", data: type });
  assert.deepEqual(s.said(), [5, "push", "broadcast"]);
  assert.deepEqual(s.room.position, { epoch: "e1", offset: 5 });
});

test("a handler gets the data and the message around it; without an event it is a `message`", async () => {
  const s = await inRoom();
  const got = [];
  s.room.on("message", (data, { offset, from }) => got.push(data, offset, from));
  await s.line.say({ type: "broadcast", channel: "room", data: { a: 1 }, offset: 1, from: "s4" });
  assert.deepEqual(got, [{ a: 1 }, 1, "s4"]);
});

test("several handlers hear one event; one that throws fails alone, where nobody of ours catches it; off ends one", async (t) => {
  const s = await inRoom();
  const got = [];
  const thrown = [];
  t.mock.method(globalThis, "queueMicrotask", (what) => thrown.push(what));
  const first = () => {
    throw new Error("mine");
  };
  s.room.on("said", first).on("said", (data) => got.push(data));
  await s.line.broadcast("room", 1);
  assert.equal(thrown.length, 1);
  assert.throws(thrown[0], { message: "mine" });
  s.room.off("said", first);
  await s.line.broadcast("room", 2);
  assert.deepEqual(got, [1, 2]);
});

test("a gap says how many were missed, and what follows it is told", async () => {
  const s = await inRoom();
  await s.line.say({ type: "gap", channel: "room", epoch: "e1", offset: 120, missed: 20 });
  await s.line.broadcast("room", 121);
  assert.deepEqual(s.heard.slice(1), [["$gap", 20], ["said", 121]]);
});

test("a gap of the same epoch never turns the position back", async () => {
  const s = await inRoom();
  await s.line.broadcast("room", 9);
  await s.line.say({ type: "gap", channel: "room", epoch: "e1", offset: 5, missed: 3 });
  assert.deepEqual(s.room.position, { epoch: "e1", offset: 9 });
});

test("what overtakes `subscribed` waits for it, and what it covers is not told", async () => {
  const s = await scripted({ names: ["sse"] });
  const room = s.client.subscribe("room", { params: 1 });
  const heard = heardBy(room);
  await s.line.welcome();
  await s.line.broadcast("room", 7);
  await s.line.broadcast("room", 8);
  await s.line.say({ type: "push", channel: "room", event: "said", data: "push" });
  await s.line.joined("room", { offset: 7 });
  assert.deepEqual(heard.map(([event, data]) => [event, data]), [["$subscribed", null], ["said", 8], ["said", "push"]]);
});

test("a channel that fails before `subscribed` arrives is joined again after it", async () => {
  const s = await scripted({ names: ["sse"] });
  const heard = heardBy(s.client.subscribe("room", { params: 1 }));
  await s.line.welcome();
  await s.line.say({ type: "unsubscribed", channel: "room", reason: "channel failed" });
  await s.line.joined("room");
  assert.deepEqual(heard.map(([event]) => event), ["$subscribed", "$unsubscribed"]);
  await s.clock.advance(500);
  assert.equal(s.line.count("subscribe"), 2);
});

test("too much of that is a gap", async () => {
  const s = await scripted({ names: ["sse"] });
  const room = s.client.subscribe("room", { params: 1 });
  const heard = heardBy(room);
  await s.line.welcome();
  for (let offset = 1; offset <= 4097; offset++) s.line.sink.message({ type: "broadcast", channel: "room", event: "said", data: offset, offset });
  await s.line.broadcast("room", 4098);
  await s.line.joined("room", { offset: 0 });
  assert.deepEqual(heard.map(([event, data]) => [event, data]), [["$subscribed", null], ["$gap", null], ["said", 4098]]);
});

test("what the channel asks is answered, also later", async () => {
  const s = await inRoom();
  s.room.answer("vote", async ({ on }) => `yes to ${on}`);
  await s.line.say({ type: "ask", ask: 7, channel: "room", event: "vote", data: { on: "tea" }, deadline: 5000 });
  const { ask, data } = s.line.last("answer");
  assert.deepEqual([ask, data], [7, "yes to tea"]);
});

// -- coming and going ---------------------------------------------------------

test("a subscription that begins at a position says so", async () => {
  const s = await scripted();
  s.client.subscribe("room", { since: { epoch: "k3f", offset: 17 } });
  await s.line.welcome();
  assert.deepEqual(s.line.last("subscribe").since, { epoch: "k3f", offset: 17 });
});

test("with recover: false it joins anew after a loss", async () => {
  const s = await inRoom({ recover: false });
  await s.line.broadcast("room", 5);
  await cut(s);
  assert.equal(s.line.last("subscribe").since, undefined);
  await s.line.joined("room", { offset: 9 });
  assert.deepEqual(s.heard.at(-1), ["$subscribed", null, { first: false, recovered: undefined }]);
});

test("a channel that refuses is told once, rejects what waits for it, and is not asked again", async () => {
  const s = await scripted();
  const room = s.client.subscribe("room");
  const heard = heardBy(room);
  const [joined, said] = [quiet(room.joined()), quiet(room.publish("said"))];
  await s.line.welcome();
  await s.line.refuse("subscribe", "refused");
  assert.deepEqual(heard.map(([event, { code }]) => [event, code]), [["$refused", "refused"]]);
  assert.deepEqual([(await outcome(joined)).code, (await outcome(said)).code], ["refused", "refused"]);
  assert.equal((await outcome(room.publish("said"))).code, "refused");
  await s.clock.advance(600_000);
  assert.equal(s.total("subscribe"), 1);
  assert.notEqual(s.client.subscribe("room"), room, "the name is free again");
});

for (const code of ["busy", "timeout", "unavailable", "internal", "limit"])
  test(`after ${code} it is asked again, not before retry_after`, async () => {
    const s = await scripted();
    s.client.subscribe("room");
    await s.line.welcome();
    await s.line.refuse("subscribe", code, { retry_after: 2_000 });
    await s.clock.advance(2_499);
    assert.equal(s.line.count("subscribe"), 1);
    await s.clock.advance(1);
    assert.equal(s.line.count("subscribe"), 2);
  });

test("a channel that failed is joined again where we stand, and says so", async () => {
  const s = await inRoom();
  await s.line.broadcast("room", 3);
  await s.line.say({ type: "unsubscribed", channel: "room", reason: "channel failed" });
  assert.deepEqual(s.heard.at(-1), ["$unsubscribed", "channel failed", { again: true }]);
  const said = quiet(s.room.publish("said"));
  await s.clock.advance(500);
  assert.deepEqual(s.line.last("subscribe").since, { epoch: "e1", offset: 3 });
  await s.line.joined("room", { offset: 3, recovered: true });
  assert.equal(s.line.count("publish"), 1);
  assert.equal(await outcome(said), "open");
});

test("and not by a resumed session's memory: it was out", async () => {
  const s = await inRoom();
  await s.line.say({ type: "unsubscribed", channel: "room", reason: "channel failed" });
  await s.line.end();
  await s.comeBack();
  await s.line.welcome();
  await s.line.say({ type: "resumed", id: s.line.last("resume").id, session: "s1" });
  assert.equal(s.line.count("subscribe"), 1);
});

test("who was kicked stays out", async () => {
  const s = await inRoom();
  await s.line.say({ type: "unsubscribed", channel: "room", reason: "kicked" });
  assert.deepEqual(s.heard.at(-1), ["$unsubscribed", "kicked", { again: false }]);
  assert.equal((await outcome(s.room.publish("said"))).code, "not_joined");
  await s.clock.advance(600_000);
  assert.equal(s.total("subscribe"), 1);
});

test("leave says so to the node, and nothing is heard any more", async () => {
  const s = await inRoom();
  s.room.leave();
  await s.line.broadcast("room", 1);
  assert.equal(s.line.last("unsubscribe").channel, "room");
  assert.deepEqual(s.said(), []);
  await cut(s);
  assert.equal(s.line.count("subscribe"), 0);
});

test("rejoin leaves and begins anew; what was on its way is not told", async () => {
  const s = await inRoom();
  await s.line.broadcast("room", 4);
  s.room.rejoin();
  await s.line.broadcast("room", 5);
  await s.line.say({ type: "unsubscribed", id: s.line.last("unsubscribe").id, channel: "room", reason: "left" });
  assert.equal(s.line.last("subscribe").since, undefined);
  await s.line.joined("room", { offset: 5 });
  await s.line.broadcast("room", 6);
  assert.deepEqual(s.said(), [4, 6]);
});

test("what the new membership is told is kept, also if it overtakes the goodbye to the old one", async () => {
  const s = await inRoom();
  await s.line.broadcast("room", 4);
  s.room.rejoin();
  await s.line.say({ type: "push", channel: "room", event: "said", data: "to the old one" });
  await s.line.broadcast("room", 5);
  await s.line.broadcast("room", 6);
  await s.line.say({ type: "unsubscribed", id: s.line.last("unsubscribe").id, channel: "room", reason: "left" });
  await s.line.joined("room", { offset: 5 });
  assert.deepEqual(s.said(), [4, 6]);
});

test("rejoin while away joins anew when we are back", async () => {
  const s = await inRoom();
  await s.line.broadcast("room", 4);
  await s.line.end();
  s.room.rejoin();
  await s.comeBack();
  await s.line.welcome();
  await s.line.refuse("resume", "expired");
  assert.equal(s.line.last("subscribe").since, undefined);
});

test("joined resolves when we are in", async () => {
  const s = await scripted();
  const room = s.client.subscribe("room");
  const joined = quiet(room.joined());
  await s.line.welcome();
  assert.equal(await outcome(joined), "open");
  await s.line.joined("room");
  await joined;
  await room.joined();
});

// -- async iteration ----------------------------------------------------------

test("for await gets every message in order, gaps too, and ends when we leave", async () => {
  const s = await inRoom();
  const got = [];
  const loop = (async () => {
    for await (const { event, data, missed } of s.room) got.push(data ?? `${event} ${missed}`);
  })();
  await s.line.broadcast("room", 1);
  await s.line.say({ type: "gap", channel: "room", epoch: "e1", offset: 5, missed: 4 });
  await s.line.broadcast("room", 6);
  s.room.leave();
  await loop;
  assert.deepEqual(got, [1, "$gap 4", 6]);
});

test("a loop over a channel that puts us out throws why; one that breaks costs nothing more", async () => {
  const s = await inRoom();
  for await (const { data } of iterateAfter(s.room, () => s.line.broadcast("room", 1))) {
    assert.equal(data, 1);
    break;
  }
  const loop = quiet(s.room[Symbol.asyncIterator]().next());
  await s.line.say({ type: "unsubscribed", channel: "room", reason: "kicked" });
  await assert.rejects(loop, { code: "not_joined" });
});

function iterateAfter(channel, what) {
  const all = channel[Symbol.asyncIterator]();
  what();
  return all;
}

test("a reader that is too slow is told how many it missed", async () => {
  const s = await inRoom();
  const reader = s.room[Symbol.asyncIterator]();
  for (let offset = 1; offset <= 1030; offset++) s.line.sink.message({ type: "broadcast", channel: "room", event: "said", data: offset, offset });
  await settled();
  assert.deepEqual((await reader.next()).value, { type: "gap", event: "$gap", missed: 6 });
  assert.equal((await reader.next()).value.data, 7);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { inRoom, outcome, quiet, scripted } from "../house/scripted.mjs";

test("an answer resolves its promise, an error rejects it with its code", async () => {
  const s = await inRoom();
  const said = quiet(s.room.publish("said", 1));
  await s.line.reply("publish", { epoch: "e1", offset: 1 });
  assert.deepEqual(await said, { epoch: "e1", offset: 1 });
  const call = quiet(s.room.call("move", { x: 1 }));
  await s.line.refuse("call", "refused");
  assert.deepEqual(await outcome(call), { code: "refused", sent: false });
});

test("what is published before we are in waits for it, in order, and goes before what comes after", async () => {
  const s = await scripted();
  const room = s.client.subscribe("room");
  for (const n of [1, 2]) room.publish("said", n);
  await s.line.welcome();
  assert.equal(s.line.count("publish"), 0);
  await s.line.joined("room");
  room.publish("said", 3);
  assert.deepEqual(s.line.sent.filter(({ action }) => action === "publish").map(({ data }) => data), [1, 2, 3]);
});

test("what is published while away goes when we are back, whatever session it is then", async () => {
  const s = await inRoom();
  await s.line.end();
  const said = quiet(s.room.publish("said", 1));
  await s.comeBack();
  await s.line.welcome();
  await s.line.refuse("resume", "expired");
  assert.equal(s.line.count("publish"), 0);
  await s.line.joined("room", { recovered: true });
  await s.line.reply("publish", { epoch: "e1", offset: 1 });
  assert.deepEqual(await said, { epoch: "e1", offset: 1 });
});

test("what was sent and not answered goes again in the same session, with the same key, once, in order", async () => {
  const s = await inRoom();
  const first = quiet(s.room.publish("said", 1));
  const second = quiet(s.room.call("move", 2));
  const { key, id } = s.line.last("publish");
  await s.cut();
  await s.line.welcome();
  await s.line.say({ type: "resumed", id: s.line.last("resume").id, session: "s1" });
  assert.deepEqual(s.line.sent.slice(1).map(({ action, key: k }) => [action, k?.length > 0]), [["publish", true], ["call", true]]);
  assert.deepEqual([s.line.last("publish").key, s.line.last("publish").id], [key, id]);
  await s.line.reply("publish", { offset: 1 });
  await s.line.reply("call", "done");
  assert.deepEqual([await first, await second], [{ offset: 1 }, "done"]);
});

test("in another session a key means nothing: what was sent is rejected as perhaps done", async () => {
  const s = await inRoom();
  const said = quiet(s.room.publish("said", 1));
  await s.cut();
  assert.equal(await outcome(said), "open");
  await s.line.welcome({ token: "t2" });
  await s.line.refuse("resume", "expired");
  assert.deepEqual(await outcome(said), { code: "disconnected", sent: true });
  await s.line.joined("room", { recovered: true });
  assert.equal(s.line.count("publish"), 0);
});

test("but a user's keys are known in every session of the user", async () => {
  const s = await scripted({ token: "jwt" });
  const room = s.client.subscribe("room");
  await s.line.welcome();
  await s.line.reply("authenticate");
  await s.line.joined("room");
  const said = quiet(room.publish("said", 1, { key: "mine" }));
  await s.line.end();
  await s.comeBack();
  await s.line.welcome({ token: "t2" });
  await s.line.refuse("resume", "expired");
  await s.line.reply("authenticate");
  await s.line.joined("room", { recovered: true });
  assert.equal(s.line.last("publish").key, "mine");
  await s.line.reply("publish", { offset: 1 });
  assert.deepEqual(await said, { offset: 1 });
});

test("without a key nothing is sent twice: it is rejected with the connection", async () => {
  const s = await inRoom();
  const said = quiet(s.room.publish("said", 1, { key: false }));
  assert.equal(s.line.last("publish").key, undefined);
  await s.line.end();
  assert.deepEqual(await outcome(said), { code: "disconnected", sent: true });
});

test("history and presence are asked again whatever the session", async () => {
  const s = await inRoom();
  const page = quiet(s.room.history({ limit: 2 }));
  await s.cut();
  await s.line.welcome();
  await s.line.refuse("resume", "expired");
  await s.line.joined("room", { recovered: true });
  assert.equal(s.line.last("history").limit, 2);
  await s.line.reply("history", { publications: [{ data: "AP8=", encoding: "base64", offset: 1 }], epoch: "e1", offset: 1, more: false });
  assert.deepEqual((await page).publications[0].data, Uint8Array.of(0, 255));
});

test("presence reads all pages", async () => {
  const s = await inRoom();
  const all = quiet(s.room.presence());
  await s.line.reply("presence", { members: [{ session: "s1" }, { session: "s2" }], more: true });
  assert.equal(s.line.last("presence").since, "s2");
  await s.line.reply("presence", { members: [{ session: "s3" }], more: false });
  assert.deepEqual((await all).map(({ session }) => session), ["s1", "s2", "s3"]);
});

test("every publish and call has a key of its own", async () => {
  const s = await inRoom();
  for (let i = 0; i < 10; i++) s.room.publish("said", i).catch(() => {});
  assert.equal(new Set(s.line.sent.filter(({ action }) => action === "publish").map(({ key }) => key)).size, 10);
});

test("a call is given up after its timeout, also while it waits for a connection", async () => {
  const s = await inRoom();
  const sent = quiet(s.room.call("slow", null, { timeout: 2_000 }));
  assert.equal(s.line.last("call").timeout, 2_000);
  await s.clock.advance(2_000);
  assert.deepEqual(await outcome(sent), { code: "timeout", sent: true });
  await s.line.end();
  const waiting = quiet(s.room.call("slow"));
  await s.clock.advance(10_000);
  assert.deepEqual(await outcome(waiting), { code: "timeout", sent: false });
});

test("the node's own timeout leaves it open whether it was done", async () => {
  const s = await inRoom();
  const call = quiet(s.room.call("slow"));
  await s.line.refuse("call", "timeout");
  assert.deepEqual(await outcome(call), { code: "timeout", sent: true });
});

test("a late answer to what was given up is nobody's, and no error", async () => {
  const s = await inRoom();
  const errors = [];
  s.client.on("error", (error) => errors.push(error));
  const call = quiet(s.room.call("slow", null, { timeout: 1_000 }));
  await s.clock.advance(1_000);
  await s.line.refuse("call", "timeout");
  assert.equal((await outcome(call)).code, "timeout");
  assert.deepEqual(errors, []);
});

test("the queue is bounded: past queueLimit a command is rejected, and those before it go", async () => {
  const s = await inRoom({ queueLimit: 3 });
  await s.line.end();
  const all = [1, 2, 3, 4].map((n) => quiet(s.room.publish("said", n)));
  assert.deepEqual(await outcome(all[3]), { code: "queue_full", sent: false });
  await s.comeBack();
  await s.line.welcome();
  await s.line.refuse("resume", "expired");
  await s.line.joined("room", { recovered: true });
  assert.deepEqual(s.line.sent.filter(({ action }) => action === "publish").map(({ data }) => data), [1, 2, 3]);
});

test("with queueLimit 0 what cannot go at once fails at once; the rest works as ever", async () => {
  const s = await inRoom({ queueLimit: 0 });
  const said = quiet(s.room.publish("said", 1));
  await s.line.reply("publish", { offset: 1 });
  assert.deepEqual(await said, { offset: 1 });
  await s.line.end();
  assert.deepEqual(await outcome(s.room.publish("said", 2)), { code: "disconnected", sent: false });
});

test("no more than 16 commands wait for their answers at once; the others follow in order", async () => {
  const s = await inRoom();
  for (let i = 0; i < 40; i++) s.room.publish("said", i).catch(() => {});
  assert.equal(s.line.count("publish"), 16);
  for (const { id } of s.line.sent.filter(({ action }) => action === "publish").slice(0, 10)) await s.line.say({ type: "reply", id, data: null });
  assert.deepEqual(s.line.sent.filter(({ action }) => action === "publish").map(({ data }) => data), [...Array(26).keys()]);
});

test("what is volatile goes without id now, or is rejected, and never waits", async () => {
  const s = await inRoom();
  assert.equal(await s.room.call("typing", { on: true }, { volatile: true }), null);
  assert.equal(s.line.last("call").id, undefined);
  s.line.waits = 2 << 20;
  assert.equal((await outcome(s.room.call("typing", null, { volatile: true }))).code, "busy");
  await s.line.end();
  s.room.call("typing", null, { volatile: true }); // nobody looks: no error
  assert.equal((await outcome(s.room.call("typing", null, { volatile: true }))).code, "disconnected");
  await s.comeBack();
  assert.equal(s.line.count("call"), 0);
});

test("an error that answers nobody is an event", async () => {
  const s = await inRoom();
  const errors = [];
  s.client.on("error", ({ code }) => errors.push(code));
  await s.line.say({ type: "error", code: "busy", message: "try again", channel: "room" });
  assert.deepEqual(errors, ["busy"]);
});

test("bytes go as bytes and come as bytes", async () => {
  const s = await inRoom();
  s.room.publish("said", Uint8Array.of(1)).catch(() => {});
  assert.deepEqual(s.line.last("publish").data, { 0: 1 }, "the transport's codec writes them");
});

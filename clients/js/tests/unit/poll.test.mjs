import assert from "node:assert/strict";
import { test } from "node:test";
import { poll } from "../../build/transports/poll.js";
import { FakeClock, settled } from "../house/clock.mjs";
import { fakeFetch, opened } from "../house/fake_fetch.mjs";

const NOTHING = { messages: [], gaps: [], positions: { a: { epoch: "e", offset: 5 } }, cursor: "c1", token: "t1" };

async function polling(opening = { channel: { name: "a" } }, first = NOTHING) {
  const net = fakeFetch();
  const transport = poll(net.fetch);
  const clock = new FakeClock();
  const it = { net, transport, clock, ...opened(transport, { clock, ...opening }) };
  await settled();
  await net.requests[0].answer(first);
  return it;
}

test("the first poll names the channel, each next one the cursor of the one before", async () => {
  const { net } = await polling();
  assert.deepEqual(net.requests[0].query, { channel: "a" });
  assert.deepEqual(net.requests[1].query, { cursor: "c1" });
  await net.requests[1].answer({ ...NOTHING, cursor: "c2" });
  assert.deepEqual(net.requests[2].query, { cursor: "c2" });
});

test("its answer is a welcome, and `subscribed` where the channel begins for us", async () => {
  const { heard } = await polling();
  assert.deepEqual(heard.map(({ type, token, offset, recovered }) => [type, token ?? offset, recovered]), [["welcome", "t1", undefined], ["subscribed", 5, undefined]]);
});

test("what was published since is after that beginning", async () => {
  const { heard } = await polling({ channel: { name: "a" } }, { ...NOTHING, messages: [{ message: "x", channel: "a", offset: 5, timestamp: 1 }] });
  assert.deepEqual(heard.slice(1).map(({ type, offset }) => [type, offset]), [["subscribed", 4], ["broadcast", 5]]);
});

test("from a position it goes on, and says `recovered`, or what was missed", async () => {
  const since = { epoch: "e", offset: 3 };
  const kept = await polling({ channel: { name: "a", since } }, { ...NOTHING, messages: [{ message: "x", channel: "a", offset: 4 }, { message: "y", channel: "a", offset: 5 }] });
  assert.deepEqual(kept.net.requests[0].query, { channel: "a", since: "e-3" });
  assert.deepEqual(kept.heard.slice(1).map(({ type, offset, recovered }) => [type, offset, recovered]), [["subscribed", 3, true], ["broadcast", 4, undefined], ["broadcast", 5, undefined]]);
  const lost = await polling({ channel: { name: "a", since } }, { ...NOTHING, gaps: [{ type: "gap", channel: "a", epoch: "e2", offset: 9, missed: 2 }] });
  assert.deepEqual(lost.heard.slice(1).map(({ type, epoch, offset, recovered, missed }) => [type, epoch, offset, recovered, missed]), [["subscribed", "e2", 9, false, 2]]);
});

test("messages have the names they have on a WebSocket, bytes are bytes, and each gap goes before what follows it", async () => {
  const { net, heard } = await polling();
  heard.length = 0;
  await net.requests[1].answer({
    ...NOTHING,
    messages: [
      { message: "AP8=", encoding: "base64", channel: "a", offset: 6, event: "said" },
      { message: 1, channel: "b", offset: 1 },
      { message: { hint: 1 }, channel: "a", event: "hint", type: "push" },
      { type: "presence", channel: "a", joined: [], left: [] },
      { message: "z", channel: "a", offset: 20 },
    ],
    gaps: [{ type: "gap", channel: "a", epoch: "e", offset: 19, missed: 13 }, { type: "gap", channel: "b", epoch: "e", offset: 7, missed: 6 }],
    control: [{ type: "closing", reason: "drain", retry_after: 1 }],
  });
  assert.deepEqual(heard.map(({ type, offset, joined }) => [type, offset ?? joined]), [["broadcast", 6], ["broadcast", 1], ["push", undefined], ["presence", []], ["gap", 19], ["broadcast", 20], ["gap", 7], ["closing", undefined]]);
  assert.deepEqual(heard[0].data, Uint8Array.of(0, 255));
  assert.deepEqual(heard[2].data, { hint: 1 });
});

const AGAIN = { channel: { name: "a" }, resume: { action: "resume", id: 9, token: "t1" } };

test("a poll that fails is closed; the next connection asks by ping whether the session lives, and goes on at once with the same cursor", async () => {
  const { net, transport, clock, ends } = await polling();
  await net.requests[1].fail();
  assert.equal(ends.length, 1);
  const again = opened(transport, { clock, ...AGAIN });
  assert.deepEqual([net.requests[2].path, net.requests[2].body], ["/app/send", { action: "ping", token: "t1" }]);
  await net.requests[2].answer({ type: "reply", data: null });
  assert.deepEqual(again.heard.map(({ type, id }) => [type, id]), [["welcome", undefined], ["resumed", 9]], "though its poll is held");
  assert.deepEqual(net.requests[3].query, { cursor: "c1" });
  await net.requests[3].answer({ ...NOTHING, cursor: "c2", messages: [{ message: "x", channel: "a", offset: 6 }] });
  assert.equal(again.heard.at(-1).offset, 6);
  assert.deepEqual(net.requests[4].query, { cursor: "c2" });
});

test("if that session has gone, a new one is begun", async () => {
  const { net, transport, clock } = await polling();
  await net.requests[1].fail();
  const again = opened(transport, { clock, ...AGAIN });
  await net.requests[2].answer({ error: { code: "expired", message: "no session has that token" } }, { status: 401 });
  assert.deepEqual(net.last("/app/poll").query, { channel: "a" });
  await net.last("/app/poll").answer({ ...NOTHING, token: "t2" });
  assert.deepEqual(again.heard.map(({ type, code }) => code ?? type), ["welcome", "expired", "subscribed"]);
});

test("if there is no network, nothing is begun", async () => {
  const { net, transport, clock } = await polling();
  await net.requests[1].fail();
  const again = opened(transport, { clock, ...AGAIN });
  await net.requests[2].fail();
  assert.deepEqual([again.ends.length, net.requests.length], [1, 3]);
});

test("another client's session is not gone on with", async () => {
  const { net, transport, clock } = await polling();
  opened(transport, { clock, channel: { name: "a" }, resume: { action: "resume", id: 9, token: "of a WebSocket" } });
  await settled();
  assert.deepEqual(net.requests[2].query, { channel: "a" });
});

test("a session that changes under a poll is at its end, and the one that the node has made of the cursor is left", async () => {
  const { net, ends, heard } = await polling();
  heard.length = 0;
  await net.requests[1].answer({ ...NOTHING, token: "ghost", messages: [{ message: "x", channel: "a", offset: 6 }] });
  assert.deepEqual([ends.length, heard.length], [1, 0]);
  assert.deepEqual(net.last("/app/send").body, { action: "unsubscribe", channel: "a", token: "ghost" });
});

test("a poll that is refused says why, and when to come back", async () => {
  const { net, ends } = await polling();
  await net.requests[1].answer({ error: { code: "unavailable", message: "drains", retry_after: 250 } }, { status: 503, headers: { "Retry-After": "1" } });
  assert.deepEqual(ends, [{ reason: "drains", error: "unavailable", channel: undefined, retryAfter: 250 }]);
});

test("what comes as the connection is let go is not told, and not acknowledged", async () => {
  const { net, transport, clock, connection, heard } = await polling();
  heard.length = 0;
  net.requests[1].answer({ ...NOTHING, cursor: "c2", messages: [{ message: "x", channel: "a", offset: 6 }] });
  connection.close();
  await settled();
  assert.deepEqual(heard, []);
  opened(transport, { clock, ...AGAIN });
  await net.requests[2].answer({ type: "reply", data: null });
  assert.deepEqual(net.requests[3].query, { cursor: "c1" });
});

test("close aborts the poll, and no other follows", async () => {
  const { net, connection } = await polling();
  connection.close();
  await settled();
  assert.ok(net.requests[1].aborted);
  assert.equal(net.requests.length, 2);
});

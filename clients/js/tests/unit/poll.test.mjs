import assert from "node:assert/strict";
import { test } from "node:test";
import { poll } from "../../build/transports/poll.js";
import { FakeClock, settled } from "../house/clock.mjs";
import { fakeFetch, opened } from "../house/fake_fetch.mjs";

const NOTHING = { messages: [], cursor: "c1", token: "t1", session: "s1" };
const AGAIN = { resume: { action: "resume", id: 9, token: "t1", received: 3, attempt: 1, positions: {} } };

async function polling(opening = {}, first = NOTHING) {
  const net = fakeFetch();
  const clock = new FakeClock();
  const it = { net, clock, ...opened(poll(net.fetch), { clock, ...opening }) };
  await settled();
  await net.requests[0].answer(first);
  return it;
}

test("the first poll is for envelopes and without a channel, each next one has the cursor of the one before", async () => {
  const { net } = await polling();
  assert.deepEqual(net.requests[0].query, { format: "envelope", channel: "" });
  assert.deepEqual(net.requests[1].query, { format: "envelope", cursor: "c1" });
  await net.requests[1].answer({ ...NOTHING, cursor: "c2" });
  assert.deepEqual(net.requests[2].query, { format: "envelope", cursor: "c2" });
});

test("its answer is the welcome; messages are told in their order, bytes as bytes", async () => {
  const { net, heard } = await polling();
  assert.deepEqual(heard, [{ type: "welcome", token: "t1", session: "s1" }]);
  const messages = [
    { type: "broadcast", channel: "a", event: "said", data: "AP8=", encoding: "base64", offset: 6 },
    { type: "gap", channel: "a", epoch: "e2", offset: 3, missed: null },
    { type: "push", channel: "a", event: "hint", data: 1 },
    { type: "broadcast", channel: "a", event: "said", data: "z", offset: 4 },
    { type: "closing", reason: "drain", retry_after: 1 },
  ];
  await net.requests[1].answer({ ...NOTHING, cursor: "c2", messages });
  assert.deepEqual(heard.slice(1).map(({ type }) => type), messages.map(({ type }) => type));
  assert.deepEqual(heard[1].data, Uint8Array.of(0, 255));
});

test("to go on, token and count stand in the address; the answer says by its token that the session lives, and what was missed follows", async () => {
  const missed = { type: "broadcast", channel: "a", event: "said", data: "x", offset: 6 };
  const { net, heard } = await polling(AGAIN, { ...NOTHING, private: "kept", messages: [missed] });
  assert.deepEqual(net.requests[0].query, { format: "envelope", channel: "", token: "t1", received: "3", attempt: "1" });
  assert.deepEqual(heard.slice(1), [{ type: "resumed", id: 9, session: "s1", token: "t1", private: "kept" }, missed]);
});

test("another token says that it has gone", async () => {
  const { heard } = await polling(AGAIN, { ...NOTHING, token: "t2" });
  assert.deepEqual(heard.map(({ type, code, id }) => [code ?? type, id]), [["welcome", undefined], ["expired", 9]]);
});

test("a session that changes under a poll is at its end", async () => {
  const { net, ends, heard } = await polling();
  heard.length = 0;
  await net.requests[1].answer({ ...NOTHING, token: "ghost", messages: [{ type: "broadcast", channel: "a", offset: 6 }] });
  assert.deepEqual([ends.length, heard.length, net.requests.length], [1, 0, 2]);
});

test("a poll that fails, or is refused, ends the connection, and says why and when to come back", async () => {
  const failed = await polling();
  await failed.net.requests[1].fail();
  assert.deepEqual(failed.ends, [{ reason: "no network" }]);
  const { net, ends } = await polling();
  await net.requests[1].answer({ error: { code: "unavailable", message: "drains", retry_after: 250 } }, { status: 503, headers: { "Retry-After": "1" } });
  assert.deepEqual(ends, [{ reason: "drains", error: "unavailable", retryAfter: 250 }]);
});

test("what comes as the connection is let go is not acknowledged", async () => {
  const { net, connection } = await polling();
  net.requests[1].answer({ ...NOTHING, cursor: "c2", messages: [{ type: "broadcast", channel: "a", offset: 6 }] });
  connection.close();
  await settled();
  assert.deepEqual(net.of("/app/poll").map(({ query }) => query.cursor), [undefined, "c1"]);
});

test("close aborts the poll, and no other follows", async () => {
  const { net, connection } = await polling();
  connection.close();
  await settled();
  assert.ok(net.requests[1].aborted);
  assert.equal(net.requests.length, 2);
});

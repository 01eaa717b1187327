import assert from "node:assert/strict";
import { test } from "node:test";
import { sse } from "../../build/transports/sse.js";
import { FakeClock, settled } from "../house/clock.mjs";
import { fakeFetch, opened } from "../house/fake_fetch.mjs";

async function streaming(opening = {}) {
  const net = fakeFetch();
  const it = { net, clock: new FakeClock() };
  Object.assign(it, opened(sse(net.fetch), { clock: it.clock, ...opening }));
  it.stream = await net.requests[0].stream();
  await it.stream.write('retry: 10000\n\nid: e-0\ndata: {"type":"connected","time":1,"session":"s1","token":"t1"}\n\n');
  return it;
}

test("a stream of envelopes is opened below the node's address, without a channel; to go on, with token and count", async () => {
  const { net } = await streaming();
  assert.equal(net.requests[0].url.href, "http://node.test/app/events?format=envelope&channel=");
  const again = await streaming({ resume: { action: "resume", id: 9, token: "t/1", received: 3, attempt: 2, positions: { "a b": { epoch: "e", offset: 5 } } } });
  assert.equal(again.net.requests[0].url.href, "http://node.test/app/events?format=envelope&channel=&token=t%2F1&received=3&attempt=2&at=a+b%40e-5");
});

test("`connected` is the welcome; what follows is told as it is, bytes as bytes, comments as life", async () => {
  const { stream, heard, seen } = await streaming();
  assert.deepEqual(heard, [{ type: "welcome", time: 1, session: "s1", token: "t1" }]);
  const before = seen.alive;
  await stream.write(": still here\n\n");
  assert.equal(seen.alive, before + 1);
  await stream.write('data: {"type":"broadcast","channel":"a","data":"AP8=","encoding":"base64","offset":1}\n\n');
  assert.deepEqual(heard[1].data, Uint8Array.of(0, 255));
});

test("a character that is cut in two arrives whole", async () => {
  const { stream, heard } = await streaming();
  const bytes = new TextEncoder().encode('data: {"type":"broadcast","data":"grüezi"}\n\n');
  const cut = bytes.indexOf(0xc3) + 1;
  await stream.write(bytes.subarray(0, cut));
  await stream.write(bytes.subarray(cut));
  assert.equal(heard.at(-1).data, "grüezi");
});

test("a stream that ends, or breaks, is told once as closed", async () => {
  const { stream, ends } = await streaming();
  await stream.end();
  assert.deepEqual(ends, [{ reason: "the stream has ended" }]);
});

test("a refusal says why, and when to come back", async () => {
  const net = fakeFetch();
  const { ends } = opened(sse(net.fetch), { clock: new FakeClock() });
  await net.requests[0].answer({ error: { code: "refused", message: "no" } }, { status: 403 });
  assert.deepEqual(ends, [{ reason: "no", error: "refused", retryAfter: undefined }]);
  const second = fakeFetch();
  const it = opened(sse(second.fetch), { clock: new FakeClock() });
  await second.requests[0].answer("not ours", { status: 503, headers: { "Retry-After": "3" } });
  assert.deepEqual(it.ends, [{ reason: "status 503", error: undefined, retryAfter: 3000 }]);
});

// -- commands -----------------------------------------------------------------

test("commands are posted with the stream's token, and answered as on a WebSocket", async () => {
  const { net, heard, connection } = await streaming();
  connection.send({ action: "publish", id: 3, channel: "a", data: Uint8Array.of(0, 255) });
  await settled();
  const post = net.last("/app/send");
  assert.deepEqual(post.body, { action: "publish", id: 3, channel: "a", data: "AP8=", encoding: "base64", token: "t1" });
  assert.equal(post.options.headers["Content-Type"], "application/json");
  await post.answer({ type: "reply", id: 3, data: { offset: 1 } });
  assert.deepEqual(heard.at(-1), { type: "reply", id: 3, data: { offset: 1 } });
});

test("one at a time for each channel, in order; channels do not wait for each other", async () => {
  const { net, connection } = await streaming();
  for (const [channel, data] of [["a", 1], ["a", 2], ["b", 3]]) connection.send({ action: "publish", channel, data });
  await settled();
  const sent = () => net.of("/app/send").map(({ body }) => body.data);
  assert.deepEqual(sent(), [1, 3]);
  await net.of("/app/send")[0].answer({ type: "reply", data: null });
  assert.deepEqual(sent(), [1, 3, 2]);
});

test("an error of the node is an error of the command, with the pause it asks for", async () => {
  const { net, heard, ends, connection } = await streaming();
  connection.send({ action: "call", id: 4, channel: "a" });
  await settled();
  await net.last("/app/send").answer({ error: { code: "limit", message: "too many" }, id: 4, channel: "a" }, { status: 429, headers: { "Retry-After": "2" } });
  const { type, id, code, message, retry_after } = heard.at(-1);
  assert.deepEqual({ type, id, code, message, retry_after }, { type: "error", id: 4, code: "limit", message: "too many", retry_after: 2000 });
  assert.deepEqual(ends, []);
});

test("a command that nobody answers ends the connection, since what became of it is not known", async () => {
  const { net, ends, connection } = await streaming();
  connection.send({ action: "publish", id: 1, channel: "a" });
  await settled();
  await net.last("/app/send").fail();
  assert.equal(ends.length, 1);
});

test("so does one that is answered by somebody else, by nothing in time, or by a node that knows no such session", async () => {
  for (const how of ["proxy", "silence", "expired"]) {
    const { net, ends, connection, clock } = await streaming();
    connection.send({ action: "call", id: 1, channel: "a", timeout: 5_000 });
    await settled();
    const post = net.last("/app/send");
    if (how === "proxy") await post.answer(undefined, { status: 502 });
    if (how === "expired") await post.answer({ error: { code: "expired", message: "no session has that token" }, id: 1 }, { status: 401 });
    if (how === "silence") {
      await clock.advance(34_999);
      assert.equal(ends.length, 0);
      await clock.advance(1);
    }
    assert.equal(ends.length, 1, how);
  }
});

test("authenticate shows its own token as `credentials`, since `token` says whose command it is", async () => {
  const { net, connection } = await streaming();
  connection.send({ action: "authenticate", id: 10, token: "jwt" });
  await settled();
  assert.deepEqual(net.last("/app/send").body, { action: "authenticate", id: 10, credentials: "jwt", token: "t1" });
});

test("whether a session goes on, the token of the stream says", async () => {
  for (const [token, answer] of [["t1", "resumed"], ["t0", "expired"]]) {
    const { heard } = await streaming({ resume: { action: "resume", id: 9, token, received: 3, attempt: 1, positions: {} } });
    assert.deepEqual(heard.slice(1).map(({ id, type, code }) => [id, code ?? type]), [[9, answer]]);
  }
});

test("what became of private messages is told with `connected`", async () => {
  const net = fakeFetch();
  const { heard } = opened(sse(net.fetch), { clock: new FakeClock(), resume: { action: "resume", id: 9, token: "t1", received: 3, attempt: 1, positions: {} } });
  const stream = await net.requests[0].stream();
  await stream.write('data: {"type":"connected","session":"s1","token":"t1","private":"lost"}\n\n');
  assert.deepEqual(heard[1], { type: "resumed", id: 9, session: "s1", token: "t1", private: "lost" });
});

test("close aborts the stream, not the goodbyes", async () => {
  const { net, connection } = await streaming();
  connection.send({ action: "unsubscribe", id: 1, channel: "a" });
  connection.close();
  await settled();
  assert.ok(net.requests[0].aborted);
  assert.equal(net.last("/app/send").aborted, false);
  assert.equal(net.last("/app/send").options.keepalive, true);
});

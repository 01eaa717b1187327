import assert from "node:assert/strict";
import { test } from "node:test";
import { heardBy, outcome, quiet, scripted } from "../house/scripted.mjs";
import { seeded, settled } from "../house/clock.mjs";

// -- the first connection -----------------------------------------------------

test("a client connects by itself, and says so: connecting, then open once the node knows it", async () => {
  const s = await scripted();
  assert.deepEqual(s.states, ["connecting"]);
  assert.equal(s.client.status.transport, "websocket");
  await s.line.welcome();
  assert.deepEqual(s.states, ["connecting", "open"]);
  assert.equal(s.client.session, "s1");
});

test("a channel is joined once there is a connection, and a later one at once", async () => {
  const s = await scripted();
  const one = heardBy(s.client.subscribe("one", { params: { nick: "ann" } }));
  assert.equal(s.line.count("subscribe"), 0);
  await s.line.welcome();
  assert.deepEqual(s.line.last("subscribe").params, { nick: "ann" });
  await s.line.joined("one", { data: "hello" });
  assert.deepEqual(one, [["$subscribed", "hello", { first: true, recovered: undefined }]]);
  s.client.subscribe("two");
  assert.equal(s.line.last("subscribe").channel, "two");
});

test("to subscribe twice is to get the same channel", async () => {
  const s = await scripted();
  assert.equal(s.client.subscribe("one"), s.client.subscribe("one"));
});

// -- another transport --------------------------------------------------------

test("a blocked WebSocket makes way for a stream at once, and that for a poll", async () => {
  const s = await scripted();
  await s.line.end();
  assert.equal(s.line.transport, "sse");
  await s.line.end({ reason: "status 502" });
  assert.equal(s.line.transport, "poll");
  await s.line.welcome();
  assert.deepEqual(s.states, ["connecting", "connecting", "connecting", "open"]);
});

test("a silent WebSocket makes way after 8 s, a silent stream too", async () => {
  const s = await scripted();
  await s.clock.advance(7_999);
  assert.equal(s.lines.length, 1);
  await s.clock.advance(1);
  assert.equal(s.line.transport, "sse");
  assert.equal(s.lines[0].open, false);
  await s.clock.advance(8_000);
  assert.equal(s.line.transport, "poll");
});

test("one that is welcomed but then silent three times in a row makes way, too", async () => {
  const s = await scripted();
  for (let i = 0; i < 3; i++) {
    assert.equal(s.line.transport, "websocket");
    await s.line.welcome();
    await s.clock.advance(8_000 + 27_000 * (i === 0)); // the first is open and asked; the others never get that far
    await s.comeBack();
  }
  assert.equal(s.line.transport, "sse");
});

test("where everything fails there is a pause, with the reason and the time of the next attempt", async () => {
  const s = await scripted();
  for (const code of [1006, undefined, undefined]) await s.line.end({ code, reason: "nobody there" });
  const { state, reason, retryAt } = s.client.status;
  assert.deepEqual({ state, reason }, { state: "waiting", reason: "nobody there" });
  assert.equal(retryAt, s.clock.now() + 500);
  await s.clock.advance(500);
  assert.equal(s.line.transport, "websocket");
});

test("a transport that cannot even be opened counts as blocked", async () => {
  const { Client } = await import("../../build/client.js");
  const s = await scripted({ names: ["sse"] });
  const broken = { name: "websocket", pulse: () => ({ quiet: 1, asks: true }), open: () => { throw new Error("mixed content"); } };
  const client = new Client({ base: new URL("http://node.test/"), clock: s.clock, codec: null, transports: [broken], queueLimit: 1, callTimeout: 1, connectTimeout: 1 });
  await settled();
  assert.equal(client.status.reason, "mixed content");
  client.close();
});

test("after half a minute on a lower transport the first is tried beside it, and taken once it is welcomed", async () => {
  const s = await scripted();
  const room = s.client.subscribe("room");
  const heard = heardBy(room);
  await s.line.end();
  await s.line.welcome({ token: "t-sse" });
  await s.line.say({ type: "subscribed", channel: "room", epoch: "e1", offset: 4, data: null });
  const stream = s.line;
  await s.clock.advance(30_000 - 1);
  await stream.broadcast("room", 5);
  await s.clock.advance(1);
  const probe = s.line;
  assert.equal(probe.transport, "websocket");
  assert.ok(stream.open, "the stream goes on while the first is tried");
  await probe.welcome({ token: "t-probe" });
  assert.equal(probe.goodbye, true);
  assert.equal(stream.open, false);
  const socket = s.line;
  assert.deepEqual([socket.transport, socket.last("resume").token], ["websocket", "t-sse"]);
  await socket.welcome({ token: "t-ws" });
  await socket.refuse("resume", "expired");
  assert.deepEqual(socket.last("subscribe").since, { epoch: "e1", offset: 5 });
  await socket.joined("room", { offset: 5, recovered: true });
  await socket.broadcast("room", 6);
  assert.deepEqual(heard.filter(([event]) => event === "said").map(([, data]) => data), [5, 6]);
});

test("a probe that fails costs nothing but a longer pause before the next", async () => {
  const s = await scripted();
  await s.line.end();
  await s.line.welcome();
  const stream = s.line;
  const speak = setIntervalOf(s, stream);
  await speak(30_000);
  assert.equal(s.lines.length, 3);
  await s.line.end();
  await speak(59_999);
  assert.equal(s.lines.length, 3);
  await speak(1);
  assert.equal(s.lines.length, 4);
  assert.ok(stream.open);
  assert.equal(s.client.status.transport, "sse");
});

/** Time goes by, with a comment on the stream now and then. */
function setIntervalOf(s, stream) {
  return async (ms) => {
    for (let left = ms; left > 0; left -= 10_000) {
      stream.sink.alive();
      await s.clock.advance(Math.min(left, 10_000));
    }
  };
}

// -- the end of a connection --------------------------------------------------

test("a lost connection is told, and comes back after a pause", async () => {
  const s = await scripted();
  await s.line.welcome();
  await s.clock.advance(5_000);
  await s.line.end({ code: 1006, reason: "closed with 1006" });
  assert.deepEqual(s.states, ["connecting", "open", "waiting"]);
  assert.equal(s.client.status.retryAt, s.clock.now() + 500);
  await s.clock.advance(500);
  assert.deepEqual(s.states.slice(3), ["connecting"]);
});

test("a node that drains says when to come back, and is believed", async () => {
  const s = await scripted();
  await s.line.welcome();
  await s.line.say({ type: "closing", reason: "drain", retry_after: 4_000 });
  await s.line.end({ code: 1001, reason: "drain" });
  await s.clock.advance(4_499);
  assert.equal(s.lines.length, 1);
  await s.clock.advance(1);
  assert.equal(s.lines.length, 2);
});

test("a client that is closed for its rate comes back when it was told to", async () => {
  const s = await scripted();
  await s.line.welcome();
  await s.line.say({ type: "closing", reason: "too many commands", retry_after: 5_000 });
  await s.line.end({ code: 4008, reason: "too many commands: come back later" });
  assert.equal(s.client.status.state, "waiting");
  await s.clock.advance(5_499);
  assert.equal(s.lines.length, 1);
  await s.clock.advance(1);
  assert.equal(s.lines.length, 2);
});

test("a herd that is sent away with one slot does not come back in one moment", async () => {
  const random = seeded(1);
  const times = new Set();
  for (let who = 0; who < 50; who++) {
    const s = await scripted({ names: ["websocket"], chance: random });
    await s.line.welcome();
    await s.line.say({ type: "closing", reason: "drain", retry_after: 4_000 });
    await s.line.end({ code: 1001, reason: "drain" });
    const pause = s.client.status.retryAt - s.clock.now();
    assert.ok(pause >= 4_000 && pause <= 5_000, String(pause));
    times.add(Math.round(pause / 20));
    s.client.close();
  }
  assert.ok(times.size > 20, `${times.size} of 50 moments`);
});

for (const error of ["unauthorised", "refused", "bad_origin"])
  test(`who is refused as ${error} does not come back, and is told why`, async () => {
    const s = await scripted({ names: ["sse"] });
    const heard = heardBy(s.client.subscribe("room"));
    await s.line.end({ reason: "log in first", error });
    assert.deepEqual([s.client.status.state, s.client.status.reason, heard], ["closed", "log in first", []]);
    await s.clock.advance(600_000);
    assert.equal(s.lines.length, 1);
  });

test("a refusal with Retry-After is believed, too", async () => {
  const s = await scripted({ names: ["poll"] });
  await s.line.end({ reason: "drains", error: "unavailable", retryAfter: 7_000 });
  await s.clock.advance(7_499);
  assert.equal(s.lines.length, 1);
  await s.clock.advance(1);
  assert.equal(s.lines.length, 2);
});

for (const code of [1000, 1002, 1003, 1007, 1009, 4000, 4003, 4004])
  test(`after ${code} nobody comes back`, async () => {
    const s = await scripted();
    const room = s.client.subscribe("room");
    await s.line.welcome();
    const said = quiet(room.publish("said", 1));
    await s.line.end({ code, reason: "over" });
    assert.equal(s.client.status.state, "closed");
    assert.equal((await outcome(said)).code, "closed");
    await s.clock.advance(600_000);
    assert.equal(s.lines.length, 1);
  });

for (const code of [1001, 1005, 1006, 1011, 4001, 4002, 4005, 4008])
  test(`after ${code} it comes back`, async () => {
    const s = await scripted();
    await s.line.welcome();
    await s.line.end({ code, reason: "for now" });
    await s.comeBack();
    assert.equal(s.lines.length, 2);
  });

for (const [code, error] of [[4000, "replaced"], [4003, "kicked"]]) {
  test(`a stream's last word says ${code}: nobody comes back, and the session is left to whoever has it`, async () => {
    const s = await scripted({ names: ["sse"] });
    await s.line.welcome();
    await s.line.say({ type: "closing", reason: "over", code });
    assert.deepEqual([s.client.status.state, s.client.status.reason, s.line.goodbye], ["closed", "over", false]);
    await s.line.end({ reason: "the stream has ended" });
    await s.clock.advance(600_000);
    assert.equal(s.lines.length, 1);
  });

  test(`a poll that is told ${error} is the last`, async () => {
    const s = await scripted({ names: ["poll"] });
    await s.line.welcome();
    await s.line.end({ reason: "over", error });
    assert.equal(s.client.status.state, "closed");
    await s.clock.advance(600_000);
    assert.equal(s.lines.length, 1);
  });
}

test("what a dead connection still says is not heard", async () => {
  const s = await scripted();
  const room = s.client.subscribe("room");
  const heard = heardBy(room);
  await s.line.welcome();
  await s.line.joined("room");
  const old = s.line;
  await old.end();
  await s.comeBack();
  await old.broadcast("room", 1);
  await old.end();
  assert.equal(s.client.status.state, "connecting");
  assert.deepEqual(heard.filter(([event]) => event === "said"), []);
});

test("a silent connection is asked by ping, and given up when nothing comes", async () => {
  const s = await scripted();
  await s.line.welcome();
  await s.clock.advance(25_000);
  assert.equal(s.line.count("ping"), 1);
  await s.line.reply("ping");
  await s.clock.advance(25_000);
  assert.equal(s.line.count("ping"), 2);
  await s.clock.advance(10_000);
  assert.equal(s.client.status.reason, "the node has fallen silent");
  assert.equal(s.lines[0].open, false);
});

// -- closing ------------------------------------------------------------------

test("close says goodbye to each channel and to the node, rejects what waits, and leaves no timer", async () => {
  const s = await scripted();
  const room = s.client.subscribe("room");
  await s.line.welcome();
  await s.line.joined("room");
  const call = quiet(room.call("slow"));
  s.client.close();
  assert.equal(s.line.last("unsubscribe").channel, "room");
  assert.equal(s.line.goodbye, true);
  assert.equal((await outcome(call)).code, "closed");
  assert.equal((await outcome(room.publish("said"))).code, "closed");
  assert.equal((await outcome(s.client.publish("room", "said"))).code, "closed");
  assert.equal(s.client.status.state, "closed");
  assert.equal(s.clock.pending, 0);
});

test("close while nothing is connected leaves nothing behind, too", async () => {
  const s = await scripted();
  const said = quiet(s.client.subscribe("room").publish("said"));
  await s.line.end();
  s.client.close();
  assert.equal((await outcome(said)).code, "closed");
  assert.equal(s.clock.pending, 0);
  await s.clock.advance(100_000);
  assert.equal(s.client.status.state, "closed");
});

test("a channel of a closed client has ended", async () => {
  const s = await scripted();
  s.client.close();
  const late = s.client.subscribe("late");
  assert.equal((await outcome(late.joined())).code, "closed");
  assert.equal((await outcome(late.publish("said"))).code, "closed");
});

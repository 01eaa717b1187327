import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { scripted } from "../house/scripted.mjs";

// A page around the client: Node has none.
let page = null;
beforeEach(() => {
  page = new EventTarget();
  page.visibilityState = "visible";
  globalThis.document = page;
  globalThis.addEventListener = page.addEventListener.bind(page);
  globalThis.removeEventListener = page.removeEventListener.bind(page);
});
afterEach(() => {
  for (const name of ["document", "addEventListener", "removeEventListener"]) delete globalThis[name];
});

async function happens(s, type, visible = true) {
  page.visibilityState = visible ? "visible" : "hidden";
  page.dispatchEvent(new Event(type));
  await s.clock.advance(0);
}

async function connected(settings) {
  const s = await scripted(settings);
  s.room = s.client.subscribe("room");
  await s.line.welcome();
  await s.line.joined("room");
  return s;
}

test("a page that is seen again asks whether the node is there, and soon comes back if not", async () => {
  const s = await connected();
  await happens(s, "visibilitychange", false);
  assert.equal(s.line.count("ping"), 0);
  await happens(s, "visibilitychange");
  assert.equal(s.line.count("ping"), 1);
  await s.clock.advance(5_000);
  assert.equal(s.client.status.state, "waiting");
});

test("one that waits for its next attempt makes it when it is seen again, thawed, or online", async () => {
  for (const type of ["visibilitychange", "resume", "online"]) {
    const s = await connected();
    await s.line.end();
    assert.equal(s.lines.length, 1);
    await happens(s, type);
    assert.equal(s.lines.length, 2, type);
  }
});

test("after a sleep of an hour nothing is given up before it was asked, and what answers stays", async () => {
  const s = await connected();
  await s.clock.sleep(3_600_000);
  await happens(s, "visibilitychange");
  await s.line.reply("ping");
  await s.clock.advance(20_000);
  assert.deepEqual([s.client.status.state, s.lines.length], ["open", 1]);
});

test("a throttled background tab, whose timers run once a minute, keeps its connection", async () => {
  const s = await connected();
  await happens(s, "visibilitychange", false);
  let answered = 0;
  for (let minute = 0; minute < 30; minute++) {
    await s.clock.sleep(60_000);
    for (const { id } of s.line.sent.filter(({ action }) => action === "ping").slice(answered)) await s.line.say({ type: "reply", id, data: null }), answered++;
  }
  assert.deepEqual([s.client.status.state, s.lines.length], ["open", 1]);
  assert.ok(answered > 0);
});

test("a network that goes is doubted, not believed", async () => {
  const s = await connected();
  await happens(s, "offline");
  assert.equal(s.client.status.state, "open");
  await s.line.reply("ping");
  await s.clock.advance(10_000);
  assert.equal(s.client.status.state, "open");
});

test("another network begins with the best transport again", async () => {
  const s = await scripted();
  await s.line.end();
  await s.line.welcome();
  assert.equal(s.line.transport, "sse");
  await happens(s, "online");
  assert.equal(s.line.transport, "websocket", "it is tried beside the stream");
  await s.line.welcome();
  assert.deepEqual([s.line.transport, s.lines.length], ["websocket", 4]);
});

test("a page that goes lets its connection go without a goodbye, and resumes when it is back from the cache", async () => {
  const s = await connected();
  const said = s.room.publish("said", 1);
  await happens(s, "pagehide");
  assert.deepEqual([s.line.open, s.line.goodbye], [false, false]);
  assert.deepEqual([s.client.status.state, s.client.status.retryAt], ["waiting", undefined]);
  await s.clock.advance(3_600_000);
  assert.equal(s.lines.length, 1, "nobody connects from a hidden page");
  await happens(s, "pageshow");
  assert.equal(s.lines.length, 2);
  await s.line.welcome();
  await s.line.say({ type: "resumed", id: s.line.last("resume").id, session: "s1" });
  await s.line.reply("publish", { offset: 1 });
  assert.deepEqual(await said, { offset: 1 });
});

test("a closed client listens to nothing", async () => {
  const s = await connected();
  s.client.close();
  for (const type of ["online", "offline", "pagehide", "pageshow", "resume", "visibilitychange"]) await happens(s, type);
  assert.equal(s.lines.length, 1);
});

// -- a node that drains -------------------------------------------------------

/** Sent away until 4 s from now. */
async function sentAway(chance) {
  const s = await scripted({ names: ["websocket"], chance });
  await s.line.welcome();
  await s.line.say({ type: "closing", reason: "drain", retry_after: 4_000 });
  s.slot = s.clock.now() + 4_000;
  await s.line.end({ code: 1001, reason: "drain" });
  return s;
}

test("a page that is shown, or gets a network, waits for the slot that the node gave it, and for its jitter", async () => {
  const s = await sentAway(0.5);
  for (const type of ["visibilitychange", "online"]) {
    await s.clock.advance(1_000);
    await happens(s, type);
    assert.equal(s.client.status.retryAt, s.slot + 1_000, type);
  }
  await happens(s, "pagehide");
  await s.clock.advance(500);
  await happens(s, "pageshow");
  await s.clock.advance(2_499);
  assert.equal(s.lines.length, 1);
  await s.clock.advance(1);
  assert.equal(s.lines.length, 2);
});

test("after its slot a page that is shown comes back at once", async () => {
  const s = await sentAway(1);
  await s.clock.advance(4_001);
  assert.equal(s.lines.length, 1);
  await happens(s, "visibilitychange");
  assert.equal(s.lines.length, 2);
});

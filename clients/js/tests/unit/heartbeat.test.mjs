import assert from "node:assert/strict";
import { test } from "node:test";
import { Heartbeat } from "../../build/heartbeat.js";
import { FakeClock } from "../house/clock.mjs";

function watched(pulse) {
  const clock = new FakeClock();
  const seen = { asked: 0, dead: 0 };
  const heartbeat = new Heartbeat(clock, () => seen.asked++, () => (seen.dead++, heartbeat.stop()));
  heartbeat.start(pulse);
  return { clock, seen, heartbeat };
}
const ASKS = { quiet: 25_000, asks: true };
const LISTENS = { quiet: 20_000, asks: false };

test("a connection that speaks is left alone", async () => {
  const { clock, seen, heartbeat } = watched(ASKS);
  for (let i = 0; i < 20; i++) {
    await clock.advance(20_000);
    heartbeat.heard();
  }
  assert.deepEqual(seen, { asked: 0, dead: 0 });
});

test("a silent one is asked, and dead when it does not answer in 10 s", async () => {
  const { clock, seen } = watched(ASKS);
  await clock.advance(25_000);
  assert.deepEqual(seen, { asked: 1, dead: 0 });
  await clock.advance(9_999);
  assert.equal(seen.dead, 0);
  await clock.advance(1);
  assert.equal(seen.dead, 1);
});

test("an answer in the same millisecond counts", async () => {
  const { clock, seen, heartbeat } = watched(ASKS);
  await clock.advance(25_000);
  heartbeat.heard();
  await clock.advance(10_000);
  assert.deepEqual(seen, { asked: 1, dead: 0 });
});

test("after a sleep nothing is dead before it was asked", async () => {
  const { clock, seen, heartbeat } = watched(ASKS);
  await clock.sleep(3_600_000);
  assert.deepEqual(seen, { asked: 1, dead: 0 });
  heartbeat.heard();
  await clock.advance(20_000);
  assert.equal(seen.dead, 0);
});

test("a deadline that ran late asks once more: the answer may be there, unread", async () => {
  const { clock, seen } = watched(ASKS);
  await clock.advance(25_000);
  await clock.sleep(60_000);
  assert.deepEqual(seen, { asked: 2, dead: 0 });
  await clock.advance(10_000);
  assert.equal(seen.dead, 1);
});

test("doubt asks at once, and with less patience", async () => {
  const { clock, seen, heartbeat } = watched(ASKS);
  heartbeat.doubt();
  assert.equal(seen.asked, 1);
  await clock.advance(5_000);
  assert.equal(seen.dead, 1);
});

test("where nothing can be asked, silence alone decides", async () => {
  const { clock, seen, heartbeat } = watched(LISTENS);
  heartbeat.doubt();
  await clock.advance(29_999);
  assert.deepEqual(seen, { asked: 0, dead: 0 });
  await clock.advance(1);
  assert.equal(seen.dead, 1);
});

test("where nothing can be asked, doubt after a long silence ends it at once", async () => {
  const { clock, seen, heartbeat } = watched(LISTENS);
  await clock.advance(20_001);
  heartbeat.doubt();
  assert.equal(seen.dead, 1);
});

test("once stopped it doubts nothing", async () => {
  const { clock, seen, heartbeat } = watched(ASKS);
  heartbeat.stop();
  heartbeat.doubt();
  await clock.advance(100_000);
  assert.deepEqual(seen, { asked: 0, dead: 0 });
  assert.equal(clock.pending, 0);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../../build/backoff.js";
import { FakeClock, seeded } from "../house/clock.mjs";

const pauses = (chance, count) => {
  const backoff = new Backoff(new FakeClock(chance));
  return Array.from({ length: count }, () => backoff.next());
};

test("the ceiling doubles with each failure, up to 30 s", () => {
  assert.deepEqual(pauses(1, 7), [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});

test("the jitter is full: a pause may be anything from nothing to the ceiling", () => {
  assert.deepEqual(pauses(0, 3), [0, 0, 0]);
  const random = seeded(7);
  for (let i = 0; i < 1000; i++) {
    const pause = pauses(random, 1)[0];
    assert.ok(pause >= 0 && pause < 1000);
  }
});

test("what held for longer than the ceiling begins again with the first; what did not, does not", () => {
  const backoff = new Backoff(new FakeClock(1));
  backoff.next();
  backoff.next();
  backoff.held(3999);
  assert.equal(backoff.ceiling, 4000);
  backoff.held(4000);
  assert.equal(backoff.ceiling, 1000);
});

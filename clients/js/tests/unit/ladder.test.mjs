import assert from "node:assert/strict";
import { test } from "node:test";
import { Ladder } from "../../build/ladder.js";

test("a transport that never worked makes way at once, down to the last; then there is a pause, and the first again", () => {
  const ladder = new Ladder(3);
  assert.deepEqual([ladder.failed(), ladder.current], [true, 1]);
  assert.deepEqual([ladder.failed(), ladder.current], [true, 2]);
  assert.deepEqual([ladder.failed(), ladder.current], [false, 0]);
});

test("what had worked gets a second chance, since a node that is down fails everywhere", () => {
  const ladder = new Ladder(3);
  ladder.worked();
  assert.deepEqual([ladder.failed(), ladder.current], [false, 0]);
  assert.deepEqual([ladder.failed(), ladder.current], [true, 1]);
});

test("a lower transport that fails twice begins at the top", () => {
  const ladder = new Ladder(3);
  ladder.failed();
  ladder.worked();
  assert.deepEqual([ladder.failed(), ladder.current], [false, 1]);
  assert.deepEqual([ladder.failed(), ladder.current], [true, 0]);
});

test("three unsound endings in a row take the next one; a sound one between forgives", () => {
  const ladder = new Ladder(3);
  ladder.worked();
  for (const sound of [false, false, true, false, false]) ladder.ended(sound);
  assert.equal(ladder.current, 0);
  ladder.ended(false);
  assert.equal(ladder.current, 1);
});

test("below the last there is nothing", () => {
  const ladder = new Ladder(1);
  ladder.worked();
  for (let i = 0; i < 9; i++) ladder.ended(false);
  assert.equal(ladder.current, 0);
  assert.equal(new Ladder(1).failed(), false);
});

test("another network begins at the top", () => {
  const ladder = new Ladder(3);
  ladder.failed();
  ladder.worked();
  ladder.reset();
  assert.equal(ladder.current, 0);
});

// The node's own golden files: what it writes is read here, and what is written here is read there.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { json } from "../../build/codec.js";
import { decode, encode, msgpack } from "../../build/msgpack.js";

const golden = new URL("../../../../tests/protocol/golden/", import.meta.url);

/** Sections of a file: name → its lines as [kind, value]. */
function sections(text) {
  const all = { "": [] };
  let current = "";
  for (const line of text.split("\n")) {
    const [, name] = line.match(/^\[(\w+)\]$/) ?? [];
    if (name !== undefined) all[(current = name)] = [];
    else if (/^(text|hex): /.test(line)) all[current].push(line.split(/: (.*)/s).slice(0, 2));
  }
  return all;
}

const textOf = (lines) => lines.filter(([kind]) => kind === "text").map(([, value]) => value).join("");
const bytesOf = (lines) => Uint8Array.from(lines.filter(([kind]) => kind === "hex").flatMap(([, value]) => value.trim().split(" ")), (two) => parseInt(two, 16));

/** Without the frame's header: server frames are not masked. */
function payloadOf(frame) {
  const length = frame[1] & 127;
  return frame.subarray(length < 126 ? 2 : length === 126 ? 4 : 10);
}

for (const name of readdirSync(new URL("server/", golden)))
  test(`${name}: msgpack and JSON say the same`, () => {
    const { ws_json, ws_msgpack } = sections(readFileSync(new URL(`server/${name}`, golden), "utf8"));
    const { encoding, ...spoken } = json.decode(textOf(ws_json));
    assert.equal(encoding, undefined);
    assert.deepEqual(msgpack.decode(payloadOf(bytesOf(ws_msgpack))), spoken);
  });

test("what is encoded is decoded again", () => {
  const values = [null, true, false, 0, 127, 128, -1, -32, -33, 255, 65_536, 2 ** 32, -(2 ** 40), 2 ** 53 - 1, 1.5, -0.1, "", "grüezi", "x".repeat(31), "x".repeat(32), "x".repeat(70_000), [], [1, [2]], Array(20).fill(0), {}, { a: { b: null } }, Uint8Array.of(), Uint8Array.of(1, 2), new Uint8Array(70_000)];
  for (const value of values) assert.deepEqual(decode(encode(value)), value);
  assert.deepEqual(decode(encode({ a: undefined, b: 1 })), { b: 1 });
});

test("what is cut short is a RangeError at every length", () => {
  const whole = encode({ type: "broadcast", data: [1, 300, 70_000, "grüezi", Uint8Array.of(1, 2, 3), 1.5, null] });
  for (let length = 0; length < whole.length; length++) assert.throws(() => decode(whole.subarray(0, length)), RangeError);
});

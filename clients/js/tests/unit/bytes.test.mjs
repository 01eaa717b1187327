import assert from "node:assert/strict";
import { test } from "node:test";
import { json } from "../../build/codec.js";

test("bytes are base64 in JSON, with their encoding beside them, and bytes again", () => {
  for (const length of [0, 1, 2, 3, 8191, 8192, 8193, 65_536]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 31) & 255);
    const text = json.encode({ action: "publish", data: bytes });
    assert.equal(JSON.parse(text).encoding, "base64");
    assert.deepEqual(json.decode(text).data, bytes);
  }
});

test("text that looks like base64 stays text", () => {
  assert.equal(json.decode(json.encode({ action: "publish", data: "AP8=" })).data, "AP8=");
});

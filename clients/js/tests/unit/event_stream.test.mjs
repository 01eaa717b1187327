import assert from "node:assert/strict";
import { test } from "node:test";
import { eventStream } from "../../build/transports/event_stream.js";

const STREAM = 'retry: 10000\n\nid: e-1\ndata: {"a":1}\n\n: comment\n\nevent: x\r\ndata:two\r\ndata: lines\r\n\r\ndata\n\nid: e-3\n\ndata: grüezi\n\n';
const EVENTS = ['{"a":1}', "two\nlines", "grüezi"];

test("a stream is taken apart the same way in pieces of every size", () => {
  for (let size = 1; size <= STREAM.length; size++) {
    const heard = [];
    const take = eventStream((data) => heard.push(data));
    for (let at = 0; at < STREAM.length; at += size) take(STREAM.slice(at, at + size));
    assert.deepEqual(heard, EVENTS, `pieces of ${size}`);
  }
});

test("what JSON may hold and a line may not end with stays in its line", () => {
  const heard = [];
  eventStream((data) => heard.push(data))('data: "a\u2028b\u0085c"\n\n');
  assert.deepEqual(heard, ['"a\u2028b\u0085c"']);
});

test("an event without its empty line is not told", () => {
  const heard = [];
  eventStream((data) => heard.push(data))("data: 1\n\ndata: 2\n");
  assert.deepEqual(heard, ["1"]);
});

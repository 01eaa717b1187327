import assert from "node:assert/strict";
import { test } from "node:test";
import { json } from "../../build/codec.js";
import { websocket } from "../../build/transports/websocket.js";

class FakeSocket {
  sent = [];
  bufferedAmount = 0;

  constructor(url, protocol) {
    Object.assign(this, { url, protocol });
    FakeSocket.last = this;
  }

  send(data) {
    this.sent.push(data);
  }

  close(code) {
    this.closedWith = [code];
    this.onclose?.({ code: 1006, reason: "" });
  }
}

function opened({ base = "http://node.test/app/", codec = json, resume = null } = {}) {
  const heard = [];
  const sink = { alive() {}, message: (message) => heard.push(message), closed: (ending) => heard.push(ending) };
  const connection = websocket(FakeSocket).open({ base: new URL(base), codec, resume }, sink);
  return { connection, heard, socket: FakeSocket.last };
}

test("it opens below the node's address, with the codec's subprotocol; https is wss", () => {
  assert.equal(opened().socket.url, "ws://node.test/app/ws");
  const { socket } = opened({ base: "https://node.test/" });
  assert.deepEqual([socket.url, socket.protocol, socket.binaryType], ["wss://node.test/ws", "troupe.v1.json", "arraybuffer"]);
});

test("resume is the first message, and its token in the address", () => {
  const { socket, connection } = opened({ resume: { action: "resume", id: 1, token: "t/1", received: 7, attempt: 1, positions: {} } });
  assert.equal(new URL(socket.url).searchParams.get("token"), "t/1");
  socket.onopen();
  connection.send({ action: "ping" });
  assert.deepEqual(socket.sent.map((text) => JSON.parse(text).action), ["resume", "ping"]);
});

test("messages and endings are told; a close without words says its code", () => {
  const { socket, heard } = opened();
  socket.onmessage({ data: '{"type":"reply","id":1}' });
  socket.onclose({ code: 1006, reason: "" });
  assert.deepEqual(heard, [{ type: "reply", id: 1 }, { code: 1006, reason: "closed with 1006" }]);
});

test("goodbye is 1000, letting go has no code, and neither is told", () => {
  for (const [goodbye, code] of [[true, 1000], [false, undefined]]) {
    const { socket, connection, heard } = opened();
    connection.close(goodbye);
    assert.deepEqual([socket.closedWith, heard], [[code], []]);
  }
});

test("an error is heard, by those libraries that throw it otherwise, and told by the closing that follows", () => {
  const { socket, connection, heard } = opened();
  socket.onerror(new Error("no network"));
  connection.close(false);
  socket.onerror(new Error("closed before it was open"));
  assert.deepEqual(heard, []);
});

test("what waits for the network is what the socket holds", () => {
  const { socket, connection } = opened();
  socket.bufferedAmount = 42;
  assert.equal(connection.waiting(), 42);
});

// One transport after the other is blocked, in each way in which it happens.
import assert from "node:assert/strict";
import { isOpen, story, until } from "../house/real.mjs";

const QUICK = { connectTimeout: 1_500 };

async function talks(client, expected) {
  await until(`open by ${expected}`, isOpen(client));
  assert.equal(client.status.transport, expected);
  const heard = [];
  const open = client.subscribe("open:talk").on("said", (data) => heard.push(data));
  await open.publish("said", expected);
  await until("its own words", () => heard.includes(expected));
}

story("nothing is blocked: a WebSocket", async ({ connect }) => talks(connect(), "websocket"));

for (const how of ["refuse", "reset", "silent"])
  story(`WebSockets are blocked (${how}): a stream`, async ({ proxy, connect }) => {
    proxy.rules["/ws"] = how;
    await talks(connect(QUICK), "sse");
  });

for (const how of ["refuse", "reset", "silent"])
  story(`WebSockets and streams are blocked (${how}): a poll`, async ({ proxy, connect }) => {
    proxy.rules["/ws"] = "refuse";
    proxy.rules["/events"] = how;
    await talks(connect(QUICK), "poll");
  });

story("everything is blocked: the page is told why, and what waits goes once something works", async ({ proxy, connect }) => {
  for (const path of ["/ws", "/events", "/poll"]) proxy.rules[path] = "refuse";
  const client = connect(QUICK);
  const said = client.subscribe("open:late").publish("said", "at last");
  said.catch(() => {});
  await until("waiting", () => client.status.state === "waiting");
  assert.equal(client.status.reason, "status 502");
  assert.ok(client.status.retryAt <= Date.now() + 1_000);
  proxy.rules = {};
  assert.equal((await said).offset, 1);
});

story("a transport that is blocked while it is used makes way for the next, and nothing is lost or told twice", async ({ proxy, connect, node }) => {
  const client = connect(QUICK);
  const heard = [];
  const open = client.subscribe("open:moving").on("said", (data) => heard.push(data)).on("$gap", (missed) => heard.push(`gap ${missed}`));
  await open.joined();
  const expected = [];
  for (const path of [null, "/ws", "/events"]) {
    if (path) {
      proxy.rules[path] = "refuse";
      proxy.snap();
      await node.publish("open:moving", "said", `blocked ${path}`);
      expected.push(`blocked ${path}`);
    }
    await until("open", isOpen(client));
    await open.publish("said", `after ${path}`);
    expected.push(`after ${path}`);
  }
  await until("all", () => heard.length >= expected.length);
  assert.deepEqual(heard, expected);
  assert.equal(client.status.transport, "poll");
});

// A real node, with a proxy before it, and clients of the built package. TROUPE_PROGRAM names the program.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startNode } from "../../../../tests/browser/house/node.mjs";
import { connect } from "../../dist/troupe.js";
import { startProxy } from "./proxy.mjs";
import { WebSocket } from "./websocket.mjs";

export const TRANSPORTS = ["websocket", "sse", "poll"];

const PATIENCE = 20_000; // ms that a condition may take on a busy machine

/** ms: a request that somebody between has swallowed is given up after 45 s, and then there is a pause. */
export const UNTIL_NOTICED = 45_000 + PATIENCE;

export function story(sentence, tell, limit = 90_000) {
  test(sentence, { timeout: limit }, async () => {
    const stage = { clients: [], node: await startNode() };
    stage.proxy = await startProxy(stage.node);
    /** A client behind the proxy. */
    stage.connect = (options = {}) => {
      const client = connect({ url: stage.proxy.url, WebSocket, ...options });
      client.states = [];
      client.on("state", (status) => client.states.push(status));
      client.on("error", () => {});
      stage.clients.push(client);
      return client;
    };
    stage.restart = async (signal = "SIGTERM") => {
      const { port } = stage.node;
      stage.node.child.kill(signal);
      await stage.node.stop();
      stage.node = stage.proxy.node = await startNode({ port });
    };
    try {
      await tell(stage);
    } finally {
      for (const client of stage.clients) client.close();
      stage.proxy.close();
      await stage.node.stop();
    }
  });
}

/** ms: the longest pause between two attempts, after many losses. */
export const UNTIL_BACK = 30_000 + PATIENCE;

/** Until it is so; says what was waited for. */
export async function until(what, isSo, patience = PATIENCE) {
  const end = Date.now() + patience;
  while (!(await isSo())) {
    assert.ok(Date.now() < end, `never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const isOpen = (client) => () => client.status.state === "open";

/** Publishes by the API, and knows what it published, as a ledger wants it. */
export function publisher(stage, channel) {
  const published = new Map(); // epoch → offset → data
  let serial = 0;
  return {
    published,
    async say(data = `said ${++serial}`) {
      const { epoch, offset } = await stage.node.publish(channel, "said", data);
      if (!published.has(epoch)) published.set(epoch, new Map());
      published.get(epoch).set(offset, data);
      return data;
    },
  };
}

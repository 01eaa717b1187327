// Everything a client can do, on each transport, against a real node.
import assert from "node:assert/strict";
import { TRANSPORTS, isOpen, story, until } from "../house/real.mjs";

for (const transport of TRANSPORTS)
  story(`${transport}: joining with params, publish, call, presence, history, bytes, pushes, iteration, leaving`, async ({ connect }) => {
    const client = connect({ transports: [transport] });
    const room = client.subscribe("room:tea", { params: { name: "Ada", client: "" }, presence: true });
    const heard = [];
    let view = null;
    room.on("$subscribed", (data) => (view = data)).on("message", ({ text }) => heard.push(text));
    await room.joined();
    assert.equal(view.members.length, 1);
    assert.deepEqual([client.status.state, client.status.transport], ["open", transport]);
    await room.call("say", { text: "grüezi", id: "1" });
    await until("its own words", () => heard.includes("grüezi"));
    assert.equal((await room.presence()).length, 1);
    await assert.rejects(room.call("nonsense"), { code: "unknown_event", sent: false });

    const open = client.subscribe("open:bytes");
    const loop = open[Symbol.asyncIterator]();
    const { offset } = await open.publish("said", Uint8Array.of(0, 255, 7));
    const { value } = await loop.next();
    assert.deepEqual([value.data, value.offset], [Uint8Array.of(0, 255, 7), offset]);
    const { publications } = await open.history({ limit: 1 });
    assert.deepEqual(publications[0].data, Uint8Array.of(0, 255, 7));
    assert.equal(open.position.offset, offset);

    assert.equal(await room.call("typing", { on: true }, { volatile: true }), null);
    assert.ok((await client.ping()) >= 0);

    const board = client.subscribe("board:x");
    let pushed = 0;
    board.on("begin", () => pushed++);
    await board.joined();
    await until("what the board pushes to newcomers", () => pushed === 1);

    room.leave();
    await assert.rejects(room.publish("said"), { code: "closed" });
    const refused = client.subscribe("nowhere:x");
    await assert.rejects(refused.joined(), { code: "bad_channel" });
  });

story("a channel is left exactly when it is left, and its session ends with the client", async ({ node, connect }) => {
  for (const transport of TRANSPORTS) {
    const client = connect({ transports: [transport] });
    const channel = client.subscribe("open:who");
    await channel.joined();
    const members = async () => (await node.api("presence?channel=open:who")).members.length;
    assert.equal(await members(), 1, transport);
    client.close();
    await until(`${transport} has gone`, async () => (await members()) === 0);
  }
});

story("a publish with a key of its own is published once, however often it is told", async ({ connect }) => {
  for (const transport of TRANSPORTS) {
    const open = connect({ transports: [transport] }).subscribe(`open:once-${transport}`);
    const [first, second] = await Promise.all([open.publish("said", 1, { key: "k" }), open.publish("said", 1, { key: "k" })]);
    assert.deepEqual(first, second);
  }
});

story("what is published in one breath arrives in order, on every transport", async ({ connect }) => {
  const clients = TRANSPORTS.map((transport) => connect({ transports: [transport] }));
  const heard = clients.map((client) => {
    const list = [];
    client.subscribe("open:order").on("said", (data) => list.push(data));
    return list;
  });
  for (const client of clients) await until("open", isOpen(client));
  for (const client of clients) await client.subscribe("open:order").joined();
  const sent = clients.map((client, who) => [...Array(100).keys()].map((n) => client.subscribe("open:order").publish("said", `${who} ${n}`)));
  await Promise.all(sent.flat());
  await until("everybody heard everything", () => heard.every((list) => list.length === 100 * clients.length));
  for (const list of heard) assert.deepEqual(list, heard[0], "one order for all");
  for (const who of clients.keys()) {
    const own = heard[0].filter((data) => data.startsWith(`${who} `));
    assert.deepEqual(own, own.map((_, n) => `${who} ${n}`), "and each client's own");
  }
});

story("a subscription to begin at a position is told what came after it", async ({ connect, node }) => {
  const positions = [];
  for (const n of [1, 2, 3]) positions.push(await node.publish("open:since", "said", n));
  for (const transport of TRANSPORTS) {
    const heard = [];
    const { epoch, offset } = positions[0];
    connect({ transports: [transport] }).subscribe("open:since", { since: { epoch, offset } }).on("said", (data) => heard.push(data));
    await until(`${transport} heard both`, () => heard.length === 2);
    assert.deepEqual(heard, [2, 3]);
  }
});

// The line is cut again and again, and the node is started anew.
import assert from "node:assert/strict";
import { seeded } from "../house/clock.mjs";
import { Ledger } from "../house/ledger.mjs";
import { TRANSPORTS, UNTIL_BACK, UNTIL_NOTICED, isOpen, publisher, story, until } from "../house/real.mjs";

story("a line that is cut 20 times in a minute loses nothing, tells nothing twice, and knows what became of its own words", async (stage) => {
  const { proxy, connect, node } = stage;
  const others = publisher(stage, "open:cut");
  const clients = TRANSPORTS.map((transport) => connect({ transports: [transport] }));
  const channels = clients.map((client) => client.subscribe("open:cut"));
  const ledgers = channels.map((channel) => new Ledger(channel));
  const own = [];
  for (const channel of channels) await channel.joined();

  for (let cut = 0; cut < 20; cut++) {
    await others.say();
    channels.forEach((channel, who) => {
      const entry = { data: `${TRANSPORTS[who]} says ${cut}`, ended: "open" };
      own.push(entry);
      channel.publish("said", entry.data).then(() => (entry.ended = "done"), ({ sent, code }) => (entry.ended = sent ? "perhaps" : `never: ${code}`));
    });
    if (cut % 2) await others.say();
    proxy.snap();
    await others.say();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
  }
  for (const client of clients) await until("open", isOpen(client), UNTIL_BACK);
  for (const channel of channels) await channel.joined();
  const last = await others.say("the last");
  for (const ledger of ledgers) await until("the last is heard", () => ledger.data.at(-1) === last);
  await until("every promise is settled", () => own.every(({ ended }) => ended !== "open"));

  const everything = await allOf(node, "open:cut");
  const published = new Map();
  for (const { epoch, offset, data } of everything) published.set(epoch, (published.get(epoch) ?? new Map()).set(offset, data));
  for (const ledger of ledgers) {
    ledger.check(published);
    assert.equal(ledger.gaps, 0, `${ledger.channel.name} was told of a gap`);
    assert.deepEqual(ledger.data.sort(), everything.map(({ data }) => data).sort());
  }
  for (const { data, ended } of own) {
    const count = everything.filter((each) => each.data === data).length;
    assert.ok({ done: count === 1, perhaps: count <= 1 }[ended] ?? count === 0, `“${data}” was ${ended}, and published ${count} times`);
  }
  assert.ok(own.filter(({ ended }) => ended === "done").length > 0);
}, 170_000);

async function allOf(node, channel) {
  const all = [];
  for (let before = ""; ; before = `&before=${all[0].offset}`) {
    const { publications, epoch, more } = await node.api(`history?channel=${channel}&limit=100${before}`);
    all.unshift(...publications.map(({ offset, data }) => ({ epoch, offset, data })));
    if (!more) return all;
  }
}

story("a client in a quiet channel whose line was cut is back in its session soon, whatever the transport", async ({ proxy, connect, node }) => {
  for (const transport of TRANSPORTS) {
    const client = connect({ transports: [transport], connectTimeout: 5_000 });
    const heard = [];
    const open = client.subscribe("open:quiet").on("said", (data) => heard.push(data)).on("$gap", () => heard.push("gap"));
    await open.joined();
    proxy.snap();
    await until("waiting", () => client.states.some(({ state }) => state === "waiting"));
    await until("open again", isOpen(client));
    await open.joined();
    assert.ok(client.states.filter(({ state }) => state === "connecting").length <= 3, `${transport} needed more attempts`);
    await node.publish("open:quiet", "said", transport);
    await until("heard", () => heard.length > 0);
    assert.deepEqual(heard, [transport]);
    client.close();
  }
});

for (const signal of ["SIGTERM", "SIGKILL"])
  story(`after ${signal} and a new start of the node each client is told what was lost, and goes on`, async (stage) => {
    const clients = TRANSPORTS.map((transport) => stage.connect({ transports: [transport] }));
    const heard = clients.map((client) => {
      const list = [];
      const channel = client.subscribe("open:restart");
      for (const event of ["said", "$gap"]) channel.on(event, (data) => list.push(event === "$gap" ? "gap" : data));
      return list;
    });
    for (const client of clients) await client.subscribe("open:restart").joined();
    await stage.node.publish("open:restart", "said", "before");
    await until("all have heard it", () => heard.every((list) => list.includes("before")));

    const restarted = stage.restart(signal);
    await until("all have noticed", () => clients.every(({ states }) => states.some(({ state }) => state === "waiting")));
    const said = clients.map((client, who) => client.subscribe("open:restart").publish("said", `while away ${who}`));
    await restarted;
    for (const position of said) assert.ok((await position).offset > 0, "what waited was published");
    await stage.node.publish("open:restart", "said", "after");
    await until("all go on", () => heard.every((list) => list.includes("after")));
    for (const list of heard) assert.deepEqual(list.slice(0, 2), ["before", "gap"]);
    for (const list of heard) assert.equal(new Set(list).size, list.length, "nothing twice");
  });

story("a node that drains is left when it says so, and found again", async (stage) => {
  const clients = TRANSPORTS.map((transport) => stage.connect({ transports: [transport] }));
  for (const client of clients) await until("open", isOpen(client));
  await stage.restart("SIGTERM");
  for (const client of clients) {
    await until("open again", () => client.states.filter(({ state }) => state === "open").length === 2 && isOpen(client)());
    assert.deepEqual(client.states.slice(0, 3).map(({ state }) => state), ["connecting", "open", "waiting"]);
  }
});

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
story(`a random half minute of cuts, stalls and changes of transport (seed ${seed})`, async (stage) => {
  const { proxy, connect, node } = stage;
  const random = seeded(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const others = publisher(stage, "open:random");
  const clients = [connect({ connectTimeout: 1_500 }), ...TRANSPORTS.map((transport) => connect({ transports: [transport], connectTimeout: 1_500 }))];
  const ledgers = clients.map((client) => new Ledger(client.subscribe("open:random")));
  const things = {
    say: () => others.say(),
    many: async () => {
      for (let i = 0; i < 20; i++) await others.say();
    },
    snap: () => proxy.snap(),
    cut: async () => {
      proxy.cut();
      await others.say();
      await new Promise((resolve) => setTimeout(resolve, random() * 1_000));
      proxy.mend();
    },
    block: () => (proxy.rules = { [pick(["/ws", "/events", "/poll", "/send"])]: pick(["refuse", "reset", "silent"]) }),
    mend: () => (proxy.rules = {}),
    wait: () => new Promise((resolve) => setTimeout(resolve, random() * 1_500)),
  };
  const end = Date.now() + 30_000;
  while (Date.now() < end) await things[pick(["say", "many", "snap", "cut", "block", "mend", "wait", "wait"])]();
  proxy.rules = {};
  for (const client of clients) await until(`open, not ${JSON.stringify(client.status)}`, isOpen(client), UNTIL_BACK);
  for (const client of clients) await client.subscribe("open:random").joined();
  const last = await others.say("the last");
  for (const ledger of ledgers) await until("the last is heard", () => ledger.data.at(-1) === last, UNTIL_NOTICED);
  for (const ledger of ledgers) ledger.check(others.published);
  assert.equal((await node.api("history?channel=open:random&limit=1")).publications[0].data, last);
}, 170_000);

// Random schedules against the model of a node. A failure names its seed: SEED=17 node --test tests/unit/schedules.test.mjs
import assert from "node:assert/strict";
import { test } from "node:test";
import { Client } from "../../build/client.js";
import { json } from "../../build/codec.js";
import { FakeClock, seeded } from "../house/clock.mjs";
import { Ledger } from "../house/ledger.mjs";
import { ModelNode, modelTransport } from "../house/model_node.mjs";

const FIRST = Number(process.env.SEED ?? 1);
const COUNT = Number(process.env.SCHEDULES ?? (process.env.SEED ? 1 : 150));
const STEPS = 60;
const NAMES = ["a", "b", "c"];

for (const resumes of [true, false])
  for (const overtaking of [false, true])
    test(`${COUNT} schedules from seed ${FIRST}: ${resumes ? "sessions are resumed" : "sessions expire"}, ${overtaking ? "answers overtake" : "all in order"}`, async () => {
      for (let seed = FIRST; seed < FIRST + COUNT; seed++)
        try {
          await schedule(seed, { resumes, overtaking });
        } catch (error) {
          error.message = `seed ${seed}: ${error.message}`;
          throw error;
        }
    });

async function schedule(seed, options) {
  const random = seeded(seed);
  const clock = new FakeClock(random);
  const node = new ModelNode(clock, options);
  const published = spyOn(node);
  let upset = 0; // attempts that will fail
  const blocked = () => upset > 0 && upset-- > 0;
  const transports = ["websocket", "sse"].map((name) => modelTransport(name, node, clock, { ...options, blocked }));
  const client = new Client({ base: new URL("http://node.test/"), clock, codec: json, transports, queueLimit: 16, callTimeout: 10_000, connectTimeout: 8_000 });
  const channels = NAMES.map((name) => client.subscribe(name));
  const ledgers = channels.map((channel) => new Ledger(channel));
  const own = []; // what we published: { data, ended }
  let serial = 0;
  const pick = (list) => list[Math.floor(random() * list.length)];

  const things = {
    others: () => node.publish(pick(NAMES), `other ${++serial}`),
    many: () => {
      const name = pick(NAMES);
      for (let i = 0; i < 12; i++) node.publish(name, `other ${++serial}`);
    },
    ours: () => {
      const entry = { data: `own ${++serial}`, ended: "open" };
      own.push(entry);
      pick(channels).publish("said", entry.data).then(() => (entry.ended = "done"), ({ sent, code }) => (entry.ended = sent ? "perhaps" : `never: ${code}`));
    },
    cut: () => pick([...node.sessions.values()].filter(({ line }) => line))?.line.cut(),
    upset: () => (upset = Math.floor(random() * 4)),
    restart: () => random() < 0.3 && node.restart(),
    wait: () => clock.advance(random() * 5_000),
  };
  const wishes = ["others", "others", "others", "many", "ours", "ours", "cut", "upset", "restart", "wait", "wait"];
  for (let step = 0; step < STEPS; step++) {
    await things[pick(wishes)]();
    await clock.advance(random() * 100);
  }

  upset = 0;
  await clock.advance(120_000);
  for (let i = 0; i < 30 && client.status.state !== "open"; i++) await clock.advance(1_000); // it may be moving up
  assert.equal(client.status.state, "open");
  for (const name of NAMES) node.publish(name, "the last"); // tells of what the end might hide
  await clock.advance(1_000);
  for (const ledger of ledgers) {
    const end = ledger.check(published.byChannel(ledger.channel.name));
    assert.equal(end.offset, node.channel(ledger.channel.name).offset, "the client stands where the channel stands");
    assert.equal(ledger.data.at(-1), "the last");
    assert.equal(new Set(ledger.data).size - 1, ledger.data.filter((data) => data !== "the last").length, "nothing twice");
  }
  for (const { data, ended } of own) {
    const count = published.times(data);
    const right = { done: count === 1, perhaps: count <= 1 }[ended] ?? (ended.startsWith("never") && count === 0);
    assert.ok(right, `${data} was ${ended}, and published ${count} times`);
  }
  client.close();
  await clock.advance(0);
}

/** Writes down all that the model publishes. */
function spyOn(node) {
  const all = new Map(); // channel → epoch → offset → data
  const times = new Map();
  const publish = node.publish.bind(node);
  node.publish = (name, data, key) => {
    const before = node.channel(name).offset;
    const answer = publish(name, data, key);
    if (node.channel(name).offset === before) return answer;
    times.set(data, (times.get(data) ?? 0) + 1);
    const epochs = all.get(name) ?? all.set(name, new Map()).get(name);
    const offsets = epochs.get(answer.epoch) ?? epochs.set(answer.epoch, new Map()).get(answer.epoch);
    offsets.set(answer.offset, data);
    return answer;
  };
  return { byChannel: (name) => all.get(name) ?? new Map(), times: (data) => times.get(data) ?? 0 };
}

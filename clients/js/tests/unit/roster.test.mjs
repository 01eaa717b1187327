import assert from "node:assert/strict";
import { test } from "node:test";
import { inRoom, scripted } from "../house/scripted.mjs";

const ADA = { session: "s1", user: "ada", data: { nick: "A" } };
const BOB = { session: "s2" };
const EVE = { session: "s3" };
const names = (members) => members.map(({ session }) => session);

async function watched() {
  const s = await inRoom({}, { presence: true });
  s.told = [];
  s.room.on("$presence", ({ joined, left }) => s.told.push([names(joined), names(left)]));
  s.here = () => names(s.room.members);
  s.presence = (message) => s.line.say({ type: "presence", channel: "room", ...message });
  s.list = (...members) => s.presence({ members, count: members.length });
  return s;
}

test("who asks for presence is told first who is here, then who comes and goes", async () => {
  const s = await watched();
  assert.equal(s.line.last("subscribe").presence, true);
  await s.list(ADA, BOB);
  assert.deepEqual([s.room.members, s.room.count], [[ADA, BOB], 2]);
  await s.presence({ joined: [EVE], left: [BOB], count: 2 });
  assert.deepEqual(s.told, [[["s1", "s2"], []], [["s3"], ["s2"]]]);
  assert.deepEqual(s.here(), ["s1", "s3"]);
});

test("what overtakes `subscribed` waits for it, over HTTP", async () => {
  const s = await scripted({ names: ["sse"] });
  const room = s.client.subscribe("room", { presence: true });
  await s.line.welcome();
  await s.line.say({ type: "presence", channel: "room", members: [ADA], count: 1 });
  assert.equal(room.count, 0);
  await s.line.joined("room");
  assert.deepEqual([room.members, room.count], [[ADA], 1]);
});

test("who went and came again in a moment is here", async () => {
  const s = await watched();
  await s.list(ADA, BOB);
  await s.presence({ joined: [BOB], left: [BOB], count: 2 });
  assert.deepEqual(s.here(), ["s1", "s2"]);
});

test("who is away stays, and is back; users come and go by their sessions", async () => {
  const s = await watched();
  let last = null;
  s.room.on("$presence", (change) => (last = change));
  await s.list(ADA, BOB);
  await s.presence({ joined: [], left: [], away: ["s1", "unknown"], count: 2 });
  assert.deepEqual(s.room.members, [{ ...ADA, away: true }, BOB]);
  await s.presence({ joined: [EVE], left: [BOB], back: ["s1"], came: ["eve"], gone: ["bob"], count: 2 });
  assert.equal(s.room.members[0].away, undefined);
  assert.deepEqual(last, { joined: [EVE], left: [BOB], away: [], back: ["s1"], came: ["eve"], gone: ["bob"], count: 2 });
});

test("after a loss the node tells anew who is here: what was known before is over, and the difference is told", async () => {
  const s = await watched();
  await s.list(ADA, BOB);
  await s.cut();
  assert.deepEqual(s.here(), ["s1", "s2"], "as far as we know");
  await s.line.welcome();
  await s.line.say({ type: "resumed", id: s.line.last("resume").id, session: "s1" });
  await s.list({ ...ADA, data: { nick: "Ada" } }, EVE);
  assert.deepEqual(s.told.at(-1), [["s1", "s3"], ["s1", "s2"]], "who is somebody else now has left and joined");
  assert.deepEqual(s.here(), ["s1", "s3"]);
  await s.list({ ...ADA, data: { nick: "Ada" }, away: true }, EVE);
  assert.deepEqual(s.told.at(-1), [[], []], "who is away is the same as before");
});

test("where they are too many they are counted, and nobody is said to have left; when they are fewer they are named again", async () => {
  const s = await watched();
  await s.list(ADA, BOB);
  await s.presence({ count: 1001 });
  assert.deepEqual([s.here(), s.room.count, s.told.at(-1)], [[], 1001, [[], []]]);
  await s.list(BOB, EVE);
  assert.deepEqual([s.here(), s.room.count, s.told.at(-1)], [["s2", "s3"], 2, [["s2", "s3"], []]]);
});

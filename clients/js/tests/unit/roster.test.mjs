import assert from "node:assert/strict";
import { test } from "node:test";
import { inRoom } from "../house/scripted.mjs";

const ADA = { session: "s1", user: "ada", data: { nick: "A" } };
const BOB = { session: "s2" };
const EVE = { session: "s3" };
const names = (members) => members.map(({ session }) => session);

async function watched() {
  const s = await inRoom({}, { presence: true });
  s.told = [];
  s.room.on("$presence", ({ joined, left }) => s.told.push([names(joined), names(left)]));
  s.here = () => names(s.room.members).sort();
  s.list = (...members) => s.line.reply("presence", { members, count: members.length, more: false });
  s.change = (joined, left) => s.line.say({ type: "presence", channel: "room", joined, left });
  return s;
}

test("who asks for presence is told first who is here, then who comes and goes", async () => {
  const s = await watched();
  assert.equal(s.line.last("subscribe").presence, true);
  await s.list(ADA, BOB);
  assert.deepEqual(s.room.members, [ADA, BOB]);
  await s.change([EVE], [{ session: "s2" }]);
  assert.deepEqual(s.told, [[["s1", "s2"], []], [["s3"], ["s2"]]]);
  assert.deepEqual(s.here(), ["s1", "s3"]);
});

test("who does not ask is not told, and costs no question", async () => {
  const s = await inRoom();
  assert.equal(s.line.count("presence"), 0);
  await s.line.say({ type: "presence", channel: "room", joined: [ADA], left: [] });
  assert.deepEqual(s.room.members, []);
});

test("changes that overtake the list are in it: the last about a session holds, and all is told at once", async () => {
  const s = await watched();
  await s.change([EVE], []);
  await s.change([], [{ session: "s2" }]);
  assert.deepEqual(s.told, []);
  await s.list(ADA, BOB);
  assert.deepEqual(s.told, [[["s1", "s3"], []]]);
});

test("who went and came again in a moment is here", async () => {
  const s = await watched();
  await s.list(ADA, BOB);
  await s.change([BOB], [BOB]);
  assert.deepEqual(s.here(), ["s1", "s2"]);
});

test("after a resume the list is asked for again, and the difference is told", async () => {
  const s = await watched();
  await s.list(ADA, BOB);
  await s.cut();
  assert.deepEqual(s.here(), ["s1", "s2"], "as far as we know");
  await s.line.welcome();
  await s.line.say({ type: "resumed", id: s.line.last("resume").id, session: "s1" });
  await s.list({ ...ADA, data: { nick: "Ada" } }, EVE);
  assert.deepEqual(s.told.at(-1), [["s1", "s3"], ["s1", "s2"]], "who is somebody else now has left and joined");
  assert.equal(s.room.members[0].data.nick, "Ada");
});

test("so it is in another session, and after a gap", async () => {
  const s = await watched();
  await s.list(ADA, BOB);
  await s.cut();
  await s.line.welcome();
  await s.line.refuse("resume", "expired");
  await s.line.joined("room", { recovered: true });
  await s.list(ADA);
  assert.deepEqual(s.told.at(-1), [[], ["s2"]]);
  await s.line.say({ type: "gap", channel: "room", epoch: "e1", offset: 9, missed: 9 });
  await s.list(ADA, BOB);
  assert.deepEqual(s.told.at(-1), [["s2"], []]);
});

test("a list that was asked for before another loss is not believed", async () => {
  const s = await watched();
  const old = s.line.last("presence");
  await s.line.say({ type: "gap", channel: "room", epoch: "e1", offset: 9, missed: 9 });
  await s.line.say({ type: "reply", id: old.id, data: { members: [BOB], more: false } });
  assert.deepEqual(s.told, []);
  await s.list(ADA);
  assert.deepEqual(s.told, [[["s1"], []]]);
});

test("a channel that is too busy to say is asked again; one that is left is not", async () => {
  const s = await watched();
  await s.line.refuse("presence", "busy", { retry_after: 200 });
  await s.clock.advance(699);
  assert.equal(s.line.count("presence"), 1);
  await s.clock.advance(1);
  assert.equal(s.line.count("presence"), 2);
  await s.line.refuse("presence", "busy");
  s.room.leave();
  await s.clock.advance(60_000);
  assert.equal(s.total("presence"), 2);
});

test("where reading presence is not allowed nothing is told, and nothing asked again", async () => {
  const s = await watched();
  await s.line.refuse("presence", "refused");
  await s.clock.advance(5_000);
  assert.deepEqual([s.told, s.line.count("presence")], [[], 1]);
});

test("how many are here is asked without their names", async () => {
  const s = await inRoom();
  const count = s.room.count();
  assert.equal(s.line.last("presence").limit, 0);
  await s.line.reply("presence", { members: [], count: 70_000, more: true });
  assert.equal(await count, 70_000);
});

// A conversation that outlives whatever happens between its people: each sees everything once, and knows how it stands.
import assert from "node:assert/strict";
import { enterRoom, say } from "./house/chat.mjs";
import { layLine } from "./house/line.mjs";
import { live, NO_LINE, scene, shows } from "./house/scene.mjs";

const MAY = { mayComplain: new RegExp(`${NO_LINE.source}|50[0-9] `) };
const CUTS = 20;
const EACH = 3_000; // ms: so many cuts are a minute
const LONGEST_PAUSE = 30_000; // ms between two attempts of the client

async function withLine(stage, story) {
  const line = await layLine(stage.node);
  try {
    await story(line, (path) => stage.open(`${line.url}${path}`));
  } finally {
    line.close();
  }
}

const stateOf = (page) => page.getAttribute("#status", "data-state");
const saidOn = (page) => page.locator(".said").allTextContents();

/** Notes whatever the page says of its connection. */
function watchStatus(page) {
  return page.evaluate(() => {
    window.words = [];
    const status = document.querySelector("#status");
    const note = () => window.words.push(`${status.dataset.state}: ${status.textContent}`);
    note();
    new MutationObserver(note).observe(status, { attributes: true, childList: true, characterData: true, subtree: true });
  });
}

/** All that was said is there once, what others said in their order, and nothing is left open. */
async function hasAll(page, said, others) {
  await shows(page, ".said", said.at(-1));
  await page.waitForFunction(() => !document.querySelector(".message.pending"));
  const seen = await saidOn(page);
  assert.deepEqual([...seen].sort(), [...said].sort());
  assert.deepEqual(seen.filter((words) => others.includes(words)), others);
  assert.equal(await page.locator(".message.lost").count(), 0);
  assert.equal(await page.locator(".event:has-text('missed')").count(), 0);
}

scene("a conversation whose line is cut 20 times in a minute, for a while with WebSocket blocked, is whole on both screens; the page never says that it is connected when it is not", (stage) =>
  withLine(stage, async (line, openOverLine) => {
    const ada = await enterRoom(openOverLine, "Ada");
    const bob = await enterRoom(stage.open, "Bob");
    await watchStatus(ada);
    const byAda = [];
    const byBob = [];
    const speak = async (page, list, words) => {
      list.push(words);
      await say(page, words);
    };
    const start = Date.now();
    for (let cut = 0; cut < CUTS; cut++) {
      line.blocked = cut >= 8 && cut < 14 ? ["/ws"] : [];
      await speak(bob, byBob, `Bob before ${cut}`);
      await speak(ada, byAda, `Ada before ${cut}`);
      line.cut();
      await ada.waitForSelector('#status:not([data-state="open"])');
      await speak(ada, byAda, `Ada in the dark ${cut}`);
      await speak(bob, byBob, `Bob meanwhile ${cut}`);
      assert.notEqual(await stateOf(ada), "open", "nothing can be open now");
      line.mend();
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, start + (cut + 1) * EACH - Date.now())));
    }
    await ada.waitForSelector('#status[data-state="open"]', { timeout: LONGEST_PAUSE + 20_000 });
    await speak(ada, byAda, "Ada at last");
    await shows(bob, ".said", "Ada at last");
    await speak(bob, byBob, "Bob at last");
    const all = [...byAda, ...byBob];
    await hasAll(ada, all, byBob);
    await hasAll(bob, all, byAda);
    const words = await ada.evaluate(() => window.words);
    for (const seen of ["open: live", "waiting: coming back", "open: streaming"]) assert.ok(words.includes(seen), `${seen} in ${words}`);
    const events = await ada.locator(".event.big, .event").allTextContents();
    const count = (part) => events.filter((text) => text.includes(part)).length;
    assert.ok(count("connection lost") > 0);
    assert.equal(count("connection lost"), count("back again, nothing was lost"));
    for (const page of [ada, bob]) await shows(page, "#count", "2");
  }), { ...MAY, limit: 170_000 });

for (const [blocked, words] of [[["/ws"], "streaming"], [["/ws", "/events"], "polling"]])
  scene(`with ${blocked.join(" and ")} blocked people talk as well, and the page says that it is ${words}`, (stage) =>
    withLine(stage, async (line, openOverLine) => {
      line.blocked = blocked;
      const ada = await enterRoom(openOverLine, "Ada");
      const bob = await enterRoom(stage.open, "Bob");
      await shows(ada, "#status", words);
      for (let n = 0; n < 5; n++) {
        await say(ada, `Ada ${n}`);
        await shows(bob, ".said", `Ada ${n}`);
        await say(bob, `Bob ${n}`);
        await shows(ada, ".said", `Bob ${n}`);
      }
      const all = [0, 1, 2, 3, 4].flatMap((n) => [`Ada ${n}`, `Bob ${n}`]);
      for (const page of [ada, bob]) assert.deepEqual(await saidOn(page), all);
      await bob.click("#leave");
      await shows(ada, ".event", "Bob left");
    }), MAY);

scene("over a kill -9 of a node with its history on disk the conversation goes on: all that was said is there once, and everybody is told that nothing was lost", async (stage) => {
  const ada = await enterRoom(stage.open, "Ada");
  const bob = await enterRoom(stage.open, "Bob");
  const said = [];
  const speak = async (page, words) => {
    said.push(words);
    await say(page, words);
  };
  for (let round = 1; round <= 3; round++) {
    await speak(ada, `Ada ${round}`);
    await shows(bob, ".said", `Ada ${round}`);
    await stage.killAndStart(async () => {
      for (const page of [ada, bob]) await page.waitForSelector('#status:not([data-state="open"])');
      await speak(bob, `Bob into the dark ${round}`);
      await bob.waitForSelector(".message.pending");
    });
    for (const page of [ada, bob]) {
      await live(page);
      await page.waitForFunction((times) => [...document.querySelectorAll(".event")].filter((e) => e.textContent === "back again, nothing was lost").length === times, round);
      await shows(page, ".said", `Bob into the dark ${round}`);
    }
  }
  for (const page of [ada, bob]) {
    await page.waitForFunction(() => !document.querySelector(".message.pending"));
    assert.deepEqual(await saidOn(page), said);
    assert.equal(await page.locator(".message.lost").count(), 0);
    assert.equal(await page.locator(".message.mine").count(), 3, "each knows its own words from the other's");
    await shows(page, "#count", "2");
  }
}, { ...MAY, onDisk: "room:*", limit: 120_000 });

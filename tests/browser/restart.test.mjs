import assert from "node:assert/strict";
import { enterRoom, say } from "./house/chat.mjs";
import { startNode } from "./house/node.mjs";
import { live, NO_LINE, scene, shows } from "./house/scene.mjs";

/** A node that is away cannot be reached, which a browser logs. */
const AWAY = { mayComplain: new RegExp(`${NO_LINE.source}|50[0-9] `) };
/** And one that was started anew does not know who polled before: so a poll learns that its session is over. */
const AWAY_FOR_POLLS = { mayComplain: new RegExp(`${AWAY.mayComplain.source}|401 \\(Unauthorized\\) \\S+/(send|poll)`) };

/** Stops the stage's node, waits until `seen`, and starts another one on the same port. */
async function restart(stage, seen) {
  const { port } = stage.node;
  assert.equal(await stage.node.stop(), 0, stage.node.log);
  await seen();
  stage.node = await startNode({ port });
}

scene("after a restart of the node a chat comes back by itself, and its messages flow again", async (stage) => {
  const ada = await enterRoom(stage.open, "Ada");
  const bob = await enterRoom(stage.open, "Bob");
  await say(ada, "before");
  await shows(bob, ".said", "before");

  await restart(stage, () => shows(ada, ".event", "connection lost"));

  for (const page of [ada, bob]) {
    await shows(page, ".event", "back again");
    await shows(page, "#count", "2");
  }
  await say(ada, "after");
  await shows(bob, ".said", "after");
  await say(bob, "yes");
  await shows(ada, ".said", "yes");
  assert.equal(await ada.locator(".event.big:has-text('connection lost')").count() <= 1, true);
}, AWAY);

scene("a restart of a node that keeps nothing empties no page; who comes anew reads what was said since", async (stage) => {
  const ada = await enterRoom(stage.open, "Ada");
  const bob = await enterRoom(stage.open, "Bob");
  for (const [page, words] of [[ada, "one"], [bob, "two"]]) {
    await say(page, words);
    await shows(ada, ".message:not(.pending) .said", words);
  }
  await restart(stage, () => shows(ada, ".event", "connection lost"));
  for (const page of [ada, bob]) await shows(page, ".event", "back again after a while");
  await say(ada, "three");
  for (const page of [ada, bob]) {
    await shows(page, ".message:not(.pending) .said", "three");
    assert.deepEqual(await page.locator(".said").allTextContents(), ["one", "two", "three"]);
  }
  const carol = await enterRoom(stage.open, "Carol");
  await shows(carol, ".said", "three");
  assert.deepEqual(await carol.locator(".said").allTextContents(), ["three"]);
}, AWAY);

scene("while the node is away every page says so in words", async (stage) => {
  const pages = [];
  for (const path of ["/notifications/?user=ann", "/whiteboard/", "/progress/"]) pages.push(await stage.open(path));
  for (const page of pages) {
    await live(page);
    await page.evaluate(() => {
      window.words = [];
      new MutationObserver(() => window.words.push(document.querySelector("#status").textContent)).observe(document.querySelector("#status"), { childList: true });
    });
  }
  await restart(stage, async () => {
    for (const page of pages) await shows(page, "#status", "coming back");
  });
  for (const page of pages) {
    await live(page);
    for (const words of await page.evaluate(() => window.words)) assert.match(words, /^(coming back|connecting|live|streaming|polling)$/, page.url());
  }
}, AWAY_FOR_POLLS);

scene("what was said into the dead line waits, and is said when the node is back", async (stage) => {
  const ada = await enterRoom(stage.open, "Ada");
  await restart(stage, async () => {
    await shows(ada, ".event", "connection lost");
    await say(ada, "into the dark");
    await ada.waitForSelector(".message.pending");
  });
  await shows(ada, ".event", "back again");
  await ada.waitForSelector(".message.mine:not(.pending):not(.lost)");
  const bob = await enterRoom(stage.open, "Bob");
  await shows(bob, ".said", "into the dark");
}, AWAY);

scene("after a restart an event stream comes back by itself", async (stage) => {
  const page = await stage.open("/dashboard/");
  await page.waitForFunction(() => Number(document.querySelector("#count").textContent) >= 1);
  await restart(stage, () => page.waitForSelector('#status[data-state="waiting"]'));
  await live(page);
  const before = Number(await page.locator("#count").textContent());
  await page.waitForFunction((then) => Number(document.querySelector("#count").textContent) > then, before);
}, AWAY);

scene("after a restart all three lanes of the index page come back", async (stage) => {
  const page = await stage.open("/");
  const lanes = ["websocket", "sse", "poll"];
  for (const lane of lanes) await page.waitForSelector(`[data-lane="${lane}"] .pill[data-state="open"]`);
  await restart(stage, async () => {
    for (const lane of lanes) await page.waitForSelector(`[data-lane="${lane}"] .pill[data-state="waiting"]`);
  });
  for (const lane of lanes) await page.waitForSelector(`[data-lane="${lane}"] .pill[data-state="open"]`);
  await page.fill("#words", "back");
  await page.press("#words", "Enter");
  for (const lane of lanes) await shows(page, `[data-lane="${lane}"] li`, "back");
}, AWAY_FOR_POLLS);

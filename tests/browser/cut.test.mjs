import assert from "node:assert/strict";
import { enterRoom, say } from "./house/chat.mjs";
import { layLine } from "./house/line.mjs";
import { live, NO_LINE, scene, shows } from "./house/scene.mjs";

/** A line that is cut cannot be used, which a browser logs. */
const CUT = { mayComplain: NO_LINE };

async function withLine(stage, story) {
  const line = await layLine(stage.node);
  try {
    await story(line, (path) => stage.open(`${line.url}${path}`));
  } finally {
    line.close();
  }
}

scene("a chat whose line was cut comes back by itself, with all that was said meanwhile, once and in order", (stage) =>
  withLine(stage, async (line, openOverLine) => {
    const ada = await enterRoom(openOverLine, "Ada");
    const bob = await enterRoom(stage.open, "Bob");
    await say(bob, "before");
    await shows(ada, ".said", "before");

    for (const round of [1, 2]) {
      line.cut();
      await ada.waitForSelector('#status[data-state="waiting"]');
      await say(bob, `while she was away ${round}`);
      await bob.waitForFunction(() => !document.querySelector(".message.pending"));
      line.mend();
      await live(ada);
      await shows(ada, ".said", `while she was away ${round}`);
      await say(bob, `and after ${round}`);
      await shows(ada, ".said", `and after ${round}`);
    }
    const all = ["before", "while she was away 1", "and after 1", "while she was away 2", "and after 2"];
    assert.deepEqual(await ada.locator(".said").allTextContents(), all);
    await shows(ada, ".event", "back again, nothing was lost");
    assert.equal(await ada.locator(".event:has-text('Ada left')").count(), 0);
    for (const page of [ada, bob]) await shows(page, "#count", "2");
  }), CUT);

scene("what she said as the line was cut is there once, or offered to be said again", (stage) =>
  withLine(stage, async (line, openOverLine) => {
    const ada = await enterRoom(openOverLine, "Ada");
    const bob = await enterRoom(stage.open, "Bob");
    await say(ada, "in flight");
    line.cut();
    await ada.waitForSelector('#status[data-state="waiting"]');
    line.mend();
    await say(bob, "a mark");
    await shows(ada, ".said", "a mark"); // from here on she knows whether the room had heard her
    if (await ada.locator(".message.lost").count()) await ada.click(".message.lost button");
    for (const page of [ada, bob]) {
      await shows(page, ".said", "in flight");
      assert.deepEqual((await page.locator(".message:not(.pending, .lost) .said").allTextContents()).sort(), ["a mark", "in flight"]);
    }
  }), CUT);

scene("the index page's three lanes miss nothing that was published while the line was cut", (stage) =>
  withLine(stage, async (line, openOverLine) => {
    const page = await openOverLine("/");
    const lanes = ["websocket", "sse", "poll"];
    for (const lane of lanes) await page.waitForSelector(`[data-lane="${lane}"] .pill[data-state="open"]`);
    await stage.node.publish("open:demo", "said", { text: "before" });
    for (const lane of lanes) await shows(page, `[data-lane="${lane}"] li`, "before");

    line.cut();
    for (const lane of lanes) await page.waitForSelector(`[data-lane="${lane}"] .pill[data-state="waiting"]`);
    for (const text of ["one", "two"]) await stage.node.publish("open:demo", "said", { text });
    line.mend();

    for (const lane of lanes) {
      await shows(page, `[data-lane="${lane}"] li`, "two");
      assert.deepEqual(await page.locator(`[data-lane="${lane}"] li span:first-child`).allTextContents(), ["two", "one", "before"], lane);
    }
  }), CUT);

scene("a whiteboard whose line was cut shows what was drawn meanwhile, on both sides", (stage) =>
  withLine(stage, async (line, openOverLine) => {
    const ada = await openOverLine("/whiteboard/");
    const bob = await stage.open("/whiteboard/");
    for (const page of [ada, bob]) await live(page);
    line.cut();
    await ada.waitForSelector('#status[data-state="waiting"]');
    await drawDown(bob, 0.3);
    await drawDown(ada, 0.7);
    line.mend();
    await live(ada);
    for (const page of [ada, bob]) for (const x of [0.3, 0.7]) await page.waitForFunction(inkAt, x);
  }), CUT);

async function drawDown(page, part) {
  const box = await page.locator("#board").boundingBox();
  const x = box.x + part * box.width;
  await page.mouse.move(x, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(x, box.y + box.height - 40, { steps: 10 });
  await page.mouse.up();
}

const inkAt = (part) => {
  const canvas = document.querySelector("#strokes");
  const { data } = canvas.getContext("2d").getImageData(part * canvas.width - 2, canvas.height / 2 - 2, 4, 4);
  return data.some((value, i) => i % 4 === 3 && value > 128);
};

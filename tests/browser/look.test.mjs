// What every page owes to every reader: a heading, and letters that stand out from what is behind them.
import assert from "node:assert/strict";
import { enterRoom, say } from "./house/chat.mjs";
import { live, NO_LINE, scene, shows } from "./house/scene.mjs";

const PATHS = ["/", "/chat/", "/dashboard/", "/notifications/?user=ann", "/whiteboard/", "/progress/"];
const CONTRAST = 4.5; // WCAG 2.2, AA

scene("every page has one heading of the first order", async ({ open }) => {
  for (const path of PATHS) {
    const page = await open(path);
    assert.equal(await page.locator("h1:visible").count(), 1, path);
  }
  assert.equal(await (await enterRoom(open, "Ada")).locator("h1:visible").count(), 1, "in a room");
});

for (const theme of ["light", "dark"]) {
  scene(`letters stand out from what is behind them on every page (${theme})`, async ({ node, open }) => {
    const look = async (path, happens = () => {}) => {
      const page = await open(path, { theme });
      await happens(page);
      await standsOut(page);
      await page.goto("about:blank");
    };
    await look("/", async (page) => {
      await page.fill("#words", "hello");
      await page.press("#words", "Enter");
      await shows(page, ".lane .ms", "ms");
    });
    await look("/chat/", async (page) => {
      await page.evaluate(() => (document.querySelector("#name").maxLength = 100));
      await page.fill("#name", "a".repeat(100));
      await page.click("#enter button");
      await shows(page, "#refused", "nickname");
    });
    await look("/dashboard/", async (page) => {
      await shows(page, "#cpu", "%");
      await page.evaluate(() => {
        for (const state of ["raised", "cleared"]) document.querySelector("#alerts").insertAdjacentHTML("beforeend", `<p class="alert ${state}">too high</p>`);
      });
    });
    await look("/notifications/?user=ann", async (page) => {
      await node.publish("user:ann", "message", "Tea is ready");
      await shows(page, "#inbox li", "Tea is ready");
    });
    await look("/whiteboard/", live);
    await look("/progress/", async (page) => {
      await page.fill("#up-to", "1000");
      await page.click("#start");
      await shows(page, "#state", "done");
    });
  });

  scene(`they do so when there is no node, and in a room of many (${theme})`, async (stage) => {
    const job = await stage.open("/progress/", { theme });
    await job.fill("#up-to", "100000000");
    await job.click("#start");
    await shows(job, "#state", "running");
    await standsOut(job);

    const room = await enterRoom(stage.open, "Ada", { theme });
    const other = await stage.open("/chat/", { theme });
    for (const name of oneOfEachColour()) {
      await other.fill("#name", name);
      await other.click("#enter button");
      await say(other, "hello");
      await shows(room, `.message[data-name="${name}"] .said`, "hello");
      await other.click("#leave");
    }
    await room.evaluate(() => (document.querySelector("#text").maxLength = 5000));
    await say(room, "a".repeat(5000));
    await shows(room, ".message.lost button", "Not sent");
    await standsOut(room);

    await stage.killAndStart(async () => {
      await shows(room, ".event.big", "connection lost");
      await say(room, "into the dark");
      await shows(job, "#state", "unknown");
      for (const page of [room, job]) await standsOut(page);
    });
  }, { mayComplain: new RegExp(`${NO_LINE.source}|50[0-9] `) });
}

for (const theme of ["light", "dark"])
  scene(`letters stand out in the observer: its form, its panels, what opens, what asks (${theme})`, async ({ node, open }) => {
    const locked = await open("/observer", { theme });
    await locked.waitForSelector("#locked:not([hidden])");
    await locked.fill("#key", "not this one");
    await locked.click("#login button");
    await shows(locked, "#login-error", "not the node's key");
    assert.equal(await locked.locator("h1:visible").count(), 1);
    await standsOut(locked);

    await node.publish("open:tea", "kettle", { boils: true });
    const page = await open(node.observer, { theme });
    await live(page);
    await page.evaluate(() => {
      for (const id of ["channels", "sessions"]) Object.assign(document.querySelector(`#${id}-incomplete`), { hidden: false, textContent: "Not complete" });
      document.querySelector("#channels tr[data-channel]").dataset.state = "stuck";
    });
    await standsOut(page);
    await page.click('[data-channel="open:tea"] .link');
    await shows(page, '[data-part="said"] .what', "boils");
    await standsOut(page);
    await page.click("#detail-actions button");
    await shows(page, "#confirm-title", "open:tea");
    await standsOut(page);
  }, { mayComplain: /40[13] / });

/** Names that get the eight colours of the pages, each once. */
function oneOfEachColour() {
  const colourOf = (name) => [...name].reduce((hash, char) => (hash * 31 + char.codePointAt(0)) >>> 0, 7) % 8;
  const names = [..."ABCDEFGHIJKLMNOP"];
  return [...Array(8).keys()].map((colour) => names.find((name) => colourOf(name) === colour));
}

async function standsOut(page) {
  assert.deepEqual(await page.evaluate(faintTexts, CONTRAST), [], page.url());
}

/** Runs in the page: texts whose colour is too near to the one behind them. Controls that are off are exempt. */
function faintTexts(least) {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (css) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    if (!node) return matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0] : [255, 255, 255];
    const style = getComputedStyle(node);
    const [r, g, b, a] = rgba(style.backgroundColor);
    return over([r, g, b, a * style.opacity], behind(node.parentElement));
  };
  const opacity = (node) => (node ? getComputedStyle(node).opacity * opacity(node.parentElement) : 1);
  const contrast = (node, css) => {
    const back = behind(node);
    const [r, g, b, a] = rgba(css);
    const [low, high] = [light(back), light(over([r, g, b, a * opacity(node)], back))].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };

  const found = [];
  const judge = (node, css, text) => {
    const is = contrast(node, css);
    if (is < least) found.push(`${is.toFixed(2)}: ${node.tagName} .${node.className} “${text.trim().slice(0, 30)}”`);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const node = text.parentElement;
    if (text.data.trim() && node.checkVisibility() && !node.closest(":disabled")) judge(node, getComputedStyle(node).color, text.data);
  }
  for (const field of document.querySelectorAll("input:not([type=range])"))
    if (field.checkVisibility()) {
      judge(field, getComputedStyle(field).color, "its text");
      judge(field, getComputedStyle(field, "::placeholder").color, "its placeholder");
    }
  return found;
}

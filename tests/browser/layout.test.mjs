import assert from "node:assert/strict";
import { SIZES } from "./house/browser.mjs";
import { enterRoom, say } from "./house/chat.mjs";
import { scene } from "./house/scene.mjs";

const LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(2);

for (const [device, size] of Object.entries(SIZES))
  for (const theme of ["light", "dark"])
    scene(`every page fits a ${device}, ${theme}`, async ({ open, node }) => {
      const options = { size, theme };
      for (const path of ["/", "/chat/", "/dashboard/", "/notifications/", "/whiteboard/", "/progress/"]) await fits(await open(path, options), path);

      const chat = await enterRoom(open, "Ada with a name of 24 ch", options);
      await say(chat, LONG);
      await chat.waitForSelector(".message:not(.pending)");
      await fits(chat, "a long word in the chat");

      await node.curl(`${node.url}/send`, "-H", "Content-Type: application/json", "-d", JSON.stringify({ userId: LONG.slice(0, 60), message: LONG }));
      const inbox = await open(`/notifications/?user=${LONG.slice(0, 60)}`, options);
      await inbox.waitForSelector("#inbox li");
      await fits(inbox, "a long word in an inbox");

      const observer = await open(node.observer, options);
      await observer.waitForSelector("#tree .actor");
      await observer.waitForSelector("#channels tr[data-channel]");
      await fits(observer, "the observer");
      await fits(await open("/observer", options), "the locked observer");
    }, { mayComplain: /40[13] / });

scene("a long conversation scrolls within its card; what one writes stays in view", async ({ open }) => {
  for (const size of Object.values(SIZES)) {
    const page = await enterRoom(open, "Ada", { size });
    for (let i = 0; i < 30; i++) await say(page, `line ${i}`);
    await page.waitForFunction(() => document.querySelectorAll(".message:not(.pending)").length >= 30);
    const { high, screen, field, last } = await page.evaluate(() => ({
      high: document.documentElement.scrollHeight,
      screen: innerHeight,
      field: document.querySelector("#text").getBoundingClientRect().bottom,
      last: document.querySelector("#log").lastElementChild.getBoundingClientRect().bottom,
    }));
    assert.ok(high <= screen, `the page is ${high} high on a screen of ${screen}`);
    assert.ok(field <= screen && last <= field, `the last line ends at ${last}, the field at ${field} of ${screen}`);
  }
});

async function fits(page, what) {
  const { wide, screen } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, screen: innerWidth }));
  assert.ok(wide <= screen, `${what} is ${wide} wide on a screen of ${screen}`);
}

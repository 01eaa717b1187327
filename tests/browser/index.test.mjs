import assert from "node:assert/strict";
import { scene, shows, live } from "./house/scene.mjs";

scene("the index page shows one publication on three transports", async ({ open }) => {
  const page = await open("/");
  await live(page);
  for (const lane of ["websocket", "sse", "poll"]) await page.waitForSelector(`[data-lane="${lane}"] .pill[data-state="open"]`);

  await page.fill("#words", "hello everybody");
  await page.press("#words", "Enter");

  for (const lane of ["websocket", "sse", "poll"]) await shows(page, `[data-lane="${lane}"] li`, "hello everybody");
  for (const took of await page.locator(".lane .ms").allTextContents()) assert.match(took, /^\d+\.\d ms$/);
});

scene("what one page says, another hears on every transport, once and in order", async ({ open }) => {
  const [speaker, listener] = [await open("/"), await open("/")];
  for (const page of [speaker, listener])
    for (const lane of ["websocket", "sse", "poll"]) await page.waitForSelector(`[data-lane="${lane}"] .pill[data-state="open"]`);
  await live(speaker);

  for (const words of ["one", "two", "three"]) {
    await speaker.fill("#words", words);
    await speaker.press("#words", "Enter");
  }

  for (const lane of ["websocket", "sse", "poll"]) {
    await shows(listener, `[data-lane="${lane}"] li`, "three");
    assert.deepEqual(await listener.locator(`[data-lane="${lane}"] li span:first-child`).allTextContents(), ["three", "two", "one"]);
  }
});

scene("the index page leads to every example", async ({ open }) => {
  const page = await open("/");
  for (const name of ["Chat", "Dashboard", "Notifications", "Whiteboard", "Progress"]) {
    await page.click(`.examples a:has(h2:text-is("${name}"))`);
    await shows(page, ".bar .here", name);
    await page.click(".bar .brand");
    await page.waitForSelector(".hero");
  }
});

import assert from "node:assert/strict";
import { live, NO_LINE, scene, shows } from "./house/scene.mjs";

const order = async (page, upTo) => {
  await page.fill("#up-to", String(upTo));
  await page.click("#start");
};
const part = (page) => page.evaluate(() => Number(document.querySelector("#meter").getAttribute("aria-valuenow")));

scene("a job is started, its bar moves, and it is done; a second page watches the same", async ({ open }) => {
  const first = await open("/progress/");
  const second = await open("/progress/");
  for (const page of [first, second]) await live(page);
  await order(first, 2_000_000);
  for (const page of [first, second]) {
    await shows(page, "#state", "running");
    await page.waitForFunction(() => Number(document.querySelector("#meter").getAttribute("aria-valuenow")) > 0);
  }
  const then = await part(first);
  // Further than it was; a slow browser may look only when the job is done.
  await first.waitForFunction((before) => {
    const now = Number(document.querySelector("#meter").getAttribute("aria-valuenow"));
    return now > before || now === 100;
  }, then);
  for (const page of [first, second]) {
    await shows(page, "#state", "done");
    await shows(page, "#left", "148,933 primes up to 2,000,000");
    assert.equal(await part(page), 100);
  }
});

scene("who comes while it runs sees how far it is", async ({ open }) => {
  const first = await open("/progress/");
  await live(first);
  await order(first, 100_000_000);
  await first.waitForFunction(() => document.querySelector("#looked").textContent.length > 5);
  const later = await open("/progress/");
  await shows(later, "#state", "running");
  await later.click("#cancel");
  for (const page of [first, later]) await shows(page, "#state", "cancelled");
});

scene("the progress of a node that died is not told as running", async (stage) => {
  const page = await stage.open("/progress/");
  await live(page);
  await order(page, 100_000_000);
  await shows(page, "#left", "left");
  await stage.killAndStart(async () => {
    await shows(page, "#state", "unknown");
    await shows(page, "#left", "as far as we heard");
    for (const button of ["#start", "#cancel"]) assert.ok(await page.isDisabled(button));
  });
  await shows(page, "#state", "idle"); // a node that keeps nothing knows of no job
  await page.waitForSelector("#start:enabled");
}, { mayComplain: new RegExp(`${NO_LINE.source}|50[0-9] `) });

scene("a job that was killed goes on from its checkpoint", async ({ open, node }) => {
  const page = await open("/progress/");
  await live(page);
  await order(page, 100_000_000);
  await page.waitForFunction(() => Number(document.querySelector("#looked").textContent.replaceAll(",", "")) > 500_000);
  const before = await page.evaluate(() => Number(document.querySelector("#looked").textContent.replaceAll(",", "")));
  await node.cli("kill", "job:primes");
  await page.waitForFunction((then) => Number(document.querySelector("#looked").textContent.replaceAll(",", "")) > then + 100_000, before);
  await shows(page, "#state", "running");
  await page.click("#cancel");
  await shows(page, "#state", "cancelled");
});

import assert from "node:assert/strict";
import { live, scene, shows } from "./house/scene.mjs";
import { enterRoom, say } from "./house/chat.mjs";

/** Asking without the cookie is answered 401, which a browser logs. */
const LOCKED = { mayComplain: /40[13] / };

scene("the observer opens by its link, once", async ({ open, node }) => {
  const page = await open(node.observer);
  await live(page);
  assert.ok(await page.isVisible("#stage"));
  assert.equal(new URL(page.url()).search, "", "the link's secret stays in the address bar");

  const thief = await open(node.observer);
  await thief.waitForSelector("#locked:not([hidden])");
  assert.ok(!(await thief.isVisible("#stage")));

  await page.reload();
  await live(page);
}, LOCKED);

scene("without the link's cookie the observer is locked", async ({ open }) => {
  const page = await open("/observer");
  await page.waitForSelector("#locked:not([hidden])");
  await shows(page, "#status", "locked");
  assert.ok(!(await page.isVisible("#stage")));
}, LOCKED);

scene("the node's own events are refused to an anonymous EventSource", async ({ open }) => {
  const page = await open("/");
  const ended = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const source = new EventSource("/events?channel=$node:events");
        source.onopen = () => resolve("open");
        source.onerror = () => resolve(source.readyState === EventSource.CLOSED ? "closed" : "again");
      }),
  );
  assert.equal(ended, "closed");
}, LOCKED);

scene("it shows the tree, the channels and who is connected", async ({ open, node }) => {
  await enterRoom(open, "Ada");
  const page = await open(node.observer);
  await live(page);
  for (const name of ["broker", "channels", "room:tea"]) await shows(page, "#tree .name", name);
  await shows(page, '[data-channel="room:tea"] td', "room:tea");
  await shows(page, "#sessions .places", "room:tea @");
  await shows(page, "#n-websocket", "1");
});

scene("a channel killed with its button comes back, and who talks there does not notice", async ({ open, node }) => {
  const ada = await enterRoom(open, "Ada");
  const bob = await enterRoom(open, "Bob");
  await say(ada, "before");
  await shows(bob, ".said", "before");
  const page = await open(node.observer);
  await live(page);

  await page.click('[data-channel="room:tea"] button');
  await shows(page, "#events [data-kind=restarted]", "room:tea restarted (1)");
  await shows(page, "#n-restarts", "1");
  await shows(page, ".actor[data-actor$='room:tea'] .again", "1");
  await page.waitForFunction(() => document.querySelector('[data-channel="room:tea"] td:nth-child(5)').textContent === "1");

  for (const person of [ada, bob]) assert.equal(await person.locator("#status").getAttribute("data-state"), "open");
  await say(bob, "after");
  await shows(ada, ".said", "after");
  await say(ada, "me, too");
  await shows(bob, ".said", "me, too");
  for (const person of [ada, bob]) {
    assert.deepEqual(await person.locator(".said").allTextContents(), ["before", "after", "me, too"]);
    assert.equal(await person.locator(".event.big").count(), 0);
    await shows(person, "#count", "2");
  }
});

scene("`troupe kill` in a terminal is seen at once", async ({ open, node }) => {
  const ada = await enterRoom(open, "Ada");
  const page = await open(node.observer);
  await live(page);
  await node.cli("kill", "room:tea");
  await shows(page, "#events [data-kind=restarted]", "room:tea restarted (1)");
  await node.cli("kill", "room:tea");
  await shows(page, "#events [data-kind=restarted]", "room:tea restarted (2)");
  assert.match(await node.cli("tree"), /room:tea/);
  await say(ada, "still here");
  await ada.waitForSelector(".message.mine:not(.pending)");
});

scene("who comes and goes is told", async ({ open, node }) => {
  const page = await open(node.observer);
  await live(page);
  const ada = await enterRoom(open, "Ada");
  await shows(page, "#events [data-kind=opened]", "websocket");
  await shows(page, "#events [data-kind=joined]", "joined room:tea");
  await ada.click("#leave");
  await shows(page, "#events [data-kind=left]", "left room:tea");
});

scene("published and delivered are counted while it happens", async ({ open, node }) => {
  const page = await open(node.observer);
  await live(page);
  const dashboard = await open("/dashboard/");
  await live(dashboard);
  await page.waitForFunction(() => Number(document.querySelector("#n-published").textContent) >= 1);
  await page.waitForFunction(() => Number(document.querySelector("#n-delivered").textContent) >= 1);
  await shows(page, "#n-sse", "2"); // the dashboard, and this page itself
});

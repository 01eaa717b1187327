import assert from "node:assert/strict";
import { live, NO_LINE, scene, shows } from "./house/scene.mjs";
import { SIZES } from "./house/browser.mjs";
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

scene("the observer opens with the node's key, and stays open when the node is started again", async (stage) => {
  const page = await stage.open("/observer");
  await page.waitForSelector("#locked:not([hidden])");
  await page.fill("#key", "not this one");
  await page.click("#login button");
  await shows(page, "#login-error", "not the node's key");
  await page.fill("#key", await stage.node.key());
  await page.click("#login button");
  await live(page);
  assert.equal(await page.inputValue("#key"), "", "the key stays in the page");

  await stage.killAndStart(() => shows(page, "#status", "coming back"));
  await live(page);
  await page.reload();
  await live(page);
}, { mayComplain: new RegExp(`40[13] |${NO_LINE.source}`) });

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
  await shows(page, "#channels-count", "2"); // the room, and $node:events, which the page itself reads
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

  const kill = page.locator('[data-channel="room:tea"] button.bad');
  await kill.click();
  await page.click("#confirm-no"); // nothing happens without a yes
  assert.equal(await page.locator("#events [data-kind=audit]").count(), 0);
  await kill.click();
  await shows(page, "#confirm-title", "room:tea");
  await page.click("#confirm-yes");
  await shows(page, "#events [data-kind=audit]", "kill room:tea by observer");
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

// -- thousands ----------------------------------------------------------------

/** As many channels as there are numbers, made through the API. */
async function manyChannels(node, many) {
  for (let from = 0; from < many; from += 500) {
    const channels = Array.from({ length: Math.min(500, many - from) }, (_, i) => `open:${String(from + i).padStart(5, "0")}`);
    await node.api("broadcast", { channels, data: 1 });
  }
}

const rowsShown = (page) => page.locator("#channels tr[data-channel]").count();

scene("of thousands of channels only the rows that are seen are made; all can be found, sorted and reached", async ({ open, node }) => {
  await manyChannels(node, 3000);
  for (let i = 0; i < 3; i++) await node.publish("open:02345", null, i);
  const page = await open(node.observer);
  await live(page);
  await shows(page, "#channels-count", "3,001"); // and $node:events
  assert.ok((await rowsShown(page)) < 60, `${await rowsShown(page)} rows`);
  const nodes = await page.evaluate(() => document.getElementsByTagName("*").length);
  assert.ok(nodes < 1500, `${nodes} elements`);

  await page.click("#channels-q");
  await page.keyboard.type("0234");
  await shows(page, "#channels-count", "11"); // open:00234, and open:02340 to open:02349
  await page.fill("#channels-q", "");
  await shows(page, "#channels-count", "3,001");

  await page.click("th[data-sort=offset] button");
  await page.waitForFunction(() => document.querySelector("#channels tr[data-channel]")?.dataset.channel === "open:02345");

  await page.click("th[data-sort=name] button");
  await page.waitForFunction(() => document.querySelector("#channels tr[data-channel]")?.dataset.channel === "$node:events");
  await page.waitForFunction(() => { // as one who scrolls down and down
    const box = document.querySelector("#channels").closest(".scroll");
    box.scrollTop = box.scrollHeight;
    return [...document.querySelectorAll("#channels tr[data-channel]")].at(-1)?.dataset.channel === "open:02999";
  });
  assert.ok((await rowsShown(page)) < 60, `${await rowsShown(page)} rows at the end`);
}, { limit: 180_000 });

scene("a channel opens: who is in it, what was said, and what is said", async ({ open, node }) => {
  const ada = await enterRoom(open, "Ada");
  await say(ada, "before");
  const page = await open(node.observer);
  await live(page);
  await page.click('[data-channel="room:tea"] .link');
  await shows(page, "#detail-title", "room:tea");
  await shows(page, '[data-part="members"] li', "s");
  await shows(page, '[data-part="said"] .what', "before");
  await say(ada, "after");
  await shows(page, '[data-part="said"] .what', "after");
  await shows(ada, "#count", "1"); // who looks is no member
});

scene("of a channel that does not answer it says so, and a dash for what nobody knows", async ({ open, node }) => {
  const running = { event: "save", seconds: 12 };
  const unknown = { members: null, rate: null, epoch: null, offset: null, publications: null, restarts: null, history_bytes: null, waiting: null, last_error: null };
  const stuck = { name: "room:z", state: "stuck", ...unknown, running };
  const answer = { channels: [stuck], total: 1, left_out: 0, unanswered: ["channel room:z"], running: [{ actor: "channel room:z", ...running }], incomplete: true };
  const page = await open(node.observer);
  await live(page);
  await page.route(/[/]api[/]channels/, (route) => route.fulfill({ json: answer }));
  await shows(page, "#channels-incomplete", "room:z has run save for 12 s");
  assert.deepEqual(await page.locator('[data-channel="room:z"] td.n').allTextContents(), ["–", "–", "–", "–"]);
  await page.click("#channels-incomplete .link");
  await shows(page, "#detail-error", "It does not answer");
  await shows(page, "#detail-body dd", "save has run for 12 s");
  assert.doesNotMatch(await page.innerText("#detail-body"), /null|\b0\b/);
});

scene("session ids can be told from each other, on a phone, too", async ({ open, node }) => {
  for (const size of Object.values(SIZES)) {
    const page = await open((await node.api("observer_link", {})).path, { size });
    await live(page);
    const name = page.locator("#sessions .link").first();
    const { cut, start } = await name.evaluate((b) => ({ cut: b.scrollWidth > b.clientWidth, start: getComputedStyle(b).direction === "ltr" }));
    assert.ok(!cut || !start, "an id is cut where it differs from others");
  }
});

scene("a session opens, and is ended by who says yes", async ({ open, node }) => {
  const page = await open(node.observer);
  await live(page);
  const ada = await enterRoom(open, "Ada");
  await shows(page, "#sessions .places", "room:tea @");
  await page.click("#sessions tr:has-text('websocket') .link");
  await shows(page, "#detail-body dd", "127.0.0.1:");
  await shows(page, "#detail-body dd", "Mozilla");
  await page.click("#detail-actions button");
  await page.click("#confirm-yes");
  await shows(page, "#events [data-kind=audit]", "disconnect s");
  await shows(page, "#events [data-kind=closed]", "websocket 4003");
  await page.waitForFunction(() => !document.querySelector("#detail").open);
  assert.ok(ada);
});

scene("long names break no card, and a phone has every button", async ({ open, node }) => {
  await node.publish(`open:${"Donaudampfschifffahrt".repeat(9)}`, null, 1);
  for (const size of Object.values(SIZES)) {
    const page = await open((await node.api("observer_link", {})).path, { size });
    await live(page);
    const kill = page.locator("#channels button.bad").first();
    await kill.scrollIntoViewIfNeeded();
    const { wide, screen, outside } = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth,
      screen: innerWidth,
      outside: [...document.querySelectorAll("#channels button, #sessions button")].filter((b) => b.getBoundingClientRect().right > innerWidth || b.getBoundingClientRect().width < 8).length,
    }));
    assert.ok(wide <= screen, `${wide} wide on a screen of ${screen}`);
    assert.equal(outside, 0, "buttons are cut off");
    await kill.click();
    await page.click("#confirm-no");
    const headings = await page.locator("#stage h2:visible, h1:visible").count();
    assert.ok(headings >= 10, `${headings} headings`);
  }
});

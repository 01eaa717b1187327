// The built package in Chromium, against a real node behind a proxy.
import assert from "node:assert/strict";
import { heardBy, opens, pageStory, shown, stateOf } from "../house/page.mjs";
import { until } from "../house/real.mjs";

pageStory("a script tag is enough: three lines hear what is published", async ({ visit, node }) => {
  const page = await visit("script.html");
  await until("it hears", async () => {
    await node.publish("updates", null, { value: 1 });
    return (await heardBy(page)).length > 0;
  });
  assert.deepEqual((await heardBy(page))[0], { value: 1 });
});

for (const transport of ["websocket", "sse", "poll"])
  pageStory(`${transport}: publishes, calls, hears bytes as bytes`, async ({ visit }) => {
    const page = await visit(`client.html?transports=${transport}`);
    const got = await page.evaluate(async () => {
      const loop = open_[Symbol.asyncIterator]();
      await open_.publish("said", Uint8Array.of(0, 255));
      const { value } = await loop.next();
      const room = client.subscribe("room:tea", { params: { name: "Ada", client: "" } });
      const answer = await room.call("say", { text: "hi", id: "1" });
      return { bytes: [...value.data], answer, transport: client.status.transport, members: (await room.presence()).length };
    });
    assert.deepEqual(got, { bytes: [0, 255], answer: null, transport, members: 1 });
    assert.deepEqual(page.thrown, []);
  });

pageStory("with WebSocket blocked it is a stream, with that silent, too, a poll; the page says which", async ({ visit, proxy }) => {
  proxy.rules["/ws"] = "refuse";
  const streaming = await visit();
  await opens(streaming);
  assert.equal((await stateOf(streaming)).transport, "sse");
  proxy.rules["/events"] = "silent";
  const polling = await visit();
  await opens(polling);
  assert.equal((await stateOf(polling)).transport, "poll");
});

pageStory("a line cut 20 times in a minute, once with WebSocket blocked: nothing is missing or twice on screen, and the page says truthfully how it stands", async ({ visit, proxy, node }) => {
  const page = await visit();
  await opens(page);
  await page.evaluate(() => open_.joined());
  const said = [];
  const say = async () => {
    said.push(`said ${said.length}`);
    await node.publish("open:page", "said", said.at(-1));
  };
  for (let cut = 0; cut < 20; cut++) {
    await say();
    if (cut === 10) proxy.rules["/ws"] = "refuse";
    if (cut === 14) proxy.rules = {};
    proxy.cut();
    await until("the page says that it waits", async () => (await page.locator("p").textContent()) !== "open");
    await say();
    proxy.mend();
    await page.waitForTimeout(2_000);
  }
  await opens(page);
  await say();
  await until("the last is shown", async () => (await shown(page)).at(-1) === said.at(-1));
  assert.deepEqual(await shown(page), said);
  assert.deepEqual(page.thrown, []);
  const used = await page.evaluate(() => [...new Set(states.filter(({ state }) => state === "open").map(({ transport }) => transport))]);
  assert.deepEqual(used.slice(0, 2), ["websocket", "sse"]);
}, 170_000);

pageStory("after a kill -9 and a new start it is told what was lost, and goes on", async (stage) => {
  const page = await stage.visit();
  await opens(page);
  await page.evaluate(() => open_.joined());
  await stage.node.publish("open:page", "said", "before");
  await until("shown", async () => (await shown(page)).length === 1);
  await stage.restart("SIGKILL");
  await opens(page);
  await page.evaluate(() => open_.joined());
  await stage.node.publish("open:page", "said", "after");
  await until("it goes on", async () => (await shown(page)).includes("after"));
  assert.deepEqual(await shown(page), ["before", "gap null", "after"]);
});

pageStory("a page that is kept for the back button lets go, and comes back with what it missed", async ({ visit, proxy, node }) => {
  const page = await visit();
  await opens(page);
  await page.evaluate(() => {
    window.kept = true;
    addEventListener("pageshow", ({ persisted }) => (window.persisted = persisted));
    return open_.joined();
  });
  await page.goto(`${proxy.url}other.html`);
  await until("the node has no connection", async () => (await node.connections()) === 0);
  assert.equal((await node.api("presence?channel=open:page")).members.length, 1, "but the session");
  await node.publish("open:page", "said", "while away");
  await page.goBack({ waitUntil: "commit" });
  assert.deepEqual(await page.evaluate(() => [window.kept, window.persisted]), [true, true], "the page came from the cache");
  await until("it is told", async () => (await shown(page)).includes("while away"));
  const states = await page.evaluate(() => window.states.map(({ state, reason }) => (state === "waiting" ? reason : state)));
  assert.deepEqual(states, ["connecting", "open", "the page is hidden", "connecting", "open"]);
});

pageStory("a frozen tab whose line was cut notices when it is thawed", async ({ visit, proxy, node }) => {
  const page = await visit();
  await opens(page);
  await page.evaluate(() => open_.joined());
  const life = await page.context().newCDPSession(page);
  await life.send("Page.setWebLifecycleState", { state: "frozen" });
  proxy.snap();
  await node.publish("open:page", "said", "while frozen");
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await life.send("Page.setWebLifecycleState", { state: "active" });
  await until("it is told", async () => (await shown(page)).includes("while frozen"));
  assert.deepEqual(await shown(page), ["while frozen"]);
});

pageStory("offline and online: it comes back as soon as there is a network", async ({ visit, proxy, node }) => {
  const page = await visit();
  await opens(page);
  await page.evaluate(() => open_.joined());
  await page.context().setOffline(true);
  proxy.cut();
  await until("the page says that it waits", async () => (await stateOf(page)).state === "waiting");
  await node.publish("open:page", "said", "while offline");
  await page.waitForTimeout(4_000);
  proxy.mend();
  await page.context().setOffline(false);
  await until("it is told", async () => (await shown(page)).includes("while offline"));
  assert.deepEqual(await shown(page), ["while offline"]);
});

// The browser clients of the article that Troupe answers, character for character (article/*.js): what everybody
// writes first must simply work. Their addresses, localhost:8080 and localhost:3000, are led to the test's own node.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { launch } from "./house/browser.mjs";
import { startNode } from "./house/node.mjs";

const snippet = (name) => readFile(new URL(`article/${name}.js`, import.meta.url), "utf8");

let node, browser, elsewhere;

before(async () => {
  node = await startNode();
  const here = `127.0.0.1:${node.port}`;
  browser = await launch(`--host-resolver-rules=MAP localhost:8080 ${here}, MAP localhost:3000 ${here}`);
  elsewhere = await anotherOrigin();
});

after(async () => {
  await browser?.close();
  elsewhere?.close();
  assert.equal(await node.stop(), 0, node.log);
});

test("the WebSocket client is welcomed and hears what is published to updates", async () => {
  const { page, heard } = await blankPage("http://localhost:8080/healthz");
  await page.addScriptTag({ content: await snippet("websocket_client") });

  await heard("Connected");
  await heard("Welcome message received");
  await heard("Received:", ({ type, channel }) => type === "subscribed" && channel === "lobby"); // where everybody is
  await heard("Received:", ({ type, channel }) => type === "subscribed" && channel === "updates");

  await node.publish("updates", null, { price: 42 });
  await heard("Received:", ({ type, channel, data }) => type === "broadcast" && channel === "updates" && data.price === 42);
  assert.deepEqual(page.thrown, []);
});

test("what one WebSocket client sends as plain JSON, the others hear, but not itself", async () => {
  const [first, second] = [await blankPage("http://localhost:8080/healthz"), await blankPage("http://localhost:8080/healthz")];
  for (const { page, heard } of [first, second]) {
    await page.addScriptTag({ content: await snippet("websocket_client") });
    await heard("Received:", ({ type, channel }) => type === "subscribed" && channel === "updates");
  }
  await first.page.evaluate("ws.send(JSON.stringify({ hello: 'all' }))");
  const { timestamp } = await second.heard("Received:", ({ type, data }) => type === "broadcast" && data.hello === "all");
  assert.equal(typeof timestamp, "number");

  await second.page.evaluate("ws.send(JSON.stringify({ hello: 'back' }))");
  await first.heard("Received:", ({ type, data }) => type === "broadcast" && data.hello === "back");
  assert.ok(!first.said().some(([, message]) => message?.data?.hello === "all"), "the sender heard itself");
});

test("the EventSource client of another origin shows values and hears named events", async () => {
  const { page, heard } = await blankPage(elsewhere.address, '<p id="value">–</p>');
  await page.addScriptTag({ content: await snippet("event_source_client") });

  await heard("SSE connection opened");
  await heard("Received:", ({ type, time }) => type === "connected" && typeof time === "number");

  await node.publish("lobby", null, { type: "update", value: 12.3456, timestamp: Date.now() });
  await page.waitForFunction(() => document.getElementById("value").textContent === "12.35");

  await node.publish("lobby", "custom-event", { message: "System alert!" });
  await heard("Custom event:", (data) => JSON.parse(data).message === "System alert!");

  // Its own slip: `connected` has no value to show. The article's server trips it in the same way.
  assert.ok(page.thrown.every((error) => /toFixed/.test(error)), page.thrown.join());
});

test("a named event is heard by its own listener, as the article shows", async () => {
  const { page } = await blankPage(elsewhere.address);
  await page.evaluate(() => {
    const eventSource = new EventSource("http://localhost:3000/events");
    window.alerted = new Promise((resolve) => eventSource.addEventListener("alert", (event) => resolve(JSON.parse(event.data).message)));
    return new Promise((resolve) => (eventSource.onopen = resolve));
  });
  await node.publish("lobby", "alert", { message: "System alert!" });
  assert.equal(await page.evaluate("alerted"), "System alert!");
});

test("the poll loop receives, in order, what was sent before and while it waits", async () => {
  const { page, heard, said } = await blankPage("http://localhost:3000/healthz");
  const send = (message) => node.curl(`${node.url}/send`, "-H", "Content-Type: application/json", "-d", JSON.stringify({ userId: "42", message }));
  assert.deepEqual(JSON.parse(await send("before")), { success: true });

  await page.addScriptTag({ content: "const userId = 42; const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));" });
  await page.addScriptTag({ content: await snippet("poll_client") });
  await heard("Received:", ({ message }) => message === "before");
  for (const message of ["one", { two: 2 }, "three"]) await send(message);
  await heard("Received:", ({ message }) => message === "three");

  const received = said().filter(([label]) => label === "Received:").map(([, { message }]) => message);
  assert.deepEqual(received, ["before", "one", { two: 2 }, "three"]);
  assert.deepEqual(page.thrown, []);
  await page.evaluate("stopPolling()");
});

// -- the house ----------------------------------------------------------------

/** A page without scripts of ours; what it logs is kept with its values. */
async function blankPage(address, body = "") {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.thrown = [];
  page.on("pageerror", (error) => page.thrown.push(String(error)));
  await page.goto(address);
  await page.setContent(`<!doctype html><title>The article's client</title><body>${body}`);
  const diary = new Diary();
  await page.exposeFunction("keepLine", (line) => diary.add(JSON.parse(line)));
  await page.evaluate(() => {
    for (const level of ["log", "error"]) console[level] = (...values) => keepLine(JSON.stringify(values));
  });
  return { page, said: () => diary.lines, heard: (label, fits) => diary.until(label, fits) };
}

/** What a page logged: lines of a label and perhaps a value. */
class Diary {
  lines = [];
  waiting = [];

  add(line) {
    this.lines.push(line);
    for (const look of this.waiting) look(line);
  }

  /** Waits for a line with this label, whose value fits, and answers the value. */
  until(label, fits = () => true) {
    const matches = ([first, value]) => first === label && fits(value ?? {});
    const before = this.lines.find(matches);
    if (before) return before[1];
    return new Promise((resolve, reject) => {
      const fail = () => reject(new Error(`never logged “${label}”, but ${JSON.stringify(this.lines)}`));
      const timer = setTimeout(fail, 20_000);
      this.waiting.push((line) => {
        if (!matches(line)) return;
        clearTimeout(timer);
        resolve(line[1]);
      });
    });
  }
}

function anotherOrigin() {
  return new Promise((resolve) => {
    const server = createServer((request, response) => response.setHeader("Content-Type", "text/html").end("<!doctype html>"));
    server.listen(0, "127.0.0.1", () => {
      resolve({ address: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() });
    });
  });
}

// A page in headless Chromium that uses the built package: what it heard and which states it saw stand in `window`.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before } from "node:test";
import { UNTIL_BACK, story, until } from "./real.mjs";

const require = createRequire(new URL("../../../../tests/browser/package.json", import.meta.url));
const dist = (name) => readFileSync(new URL(`../../dist/${name}`, import.meta.url));

const MODULE = `<!doctype html><title>client</title><ol></ol><p></p><script type="module">
  import { connect } from "/troupe.js";
  const wish = new URLSearchParams(location.search);
  window.client = connect({ connectTimeout: 1500, transports: wish.get("transports")?.split(",") });
  window.states = [];
  client.on("state", (status) => (states.push(status), document.querySelector("p").textContent = status.state));
  window.open_ = client.subscribe("open:page");
  window.heard = [];
  const show = (text) => (heard.push(text), document.querySelector("ol").append(Object.assign(document.createElement("li"), { textContent: text })));
  open_.on("said", show).on("$gap", (missed) => show("gap " + missed));
</script>`;

const SCRIPT = `<!doctype html><title>script</title><script src="/troupe.global.js"></script><script>
  const updates = troupe.connect().subscribe("updates");
  window.heard = [];
  updates.on("message", (data) => heard.push(data));
</script>`;

let browser = null;
before(async () => {
  const { chromium } = require("playwright-core");
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"],
  });
});
after(() => browser?.close());

/** A story with `visit(query)`: opens the page over the proxy. */
export function pageStory(sentence, tell, limit) {
  story(sentence, async (stage) => {
    Object.assign(stage.proxy.files, {
      "/client.html": ["text/html", MODULE],
      "/script.html": ["text/html", SCRIPT],
      "/other.html": ["text/html", "<!doctype html><title>other</title>elsewhere"],
      "/troupe.js": ["text/javascript", dist("troupe.js")],
      "/troupe.global.js": ["text/javascript", dist("troupe.global.js")],
    });
    const context = await browser.newContext();
    stage.visit = async (path = "client.html") => {
      const page = await context.newPage();
      page.thrown = [];
      page.on("pageerror", (error) => page.thrown.push(String(error)));
      await page.goto(stage.proxy.url + path);
      return page;
    };
    try {
      await tell(stage);
    } finally {
      await context.close();
    }
  }, limit);
}

export const heardBy = (page) => page.evaluate(() => window.heard);
export const stateOf = (page) => page.evaluate(() => window.client.status);
export const shown = (page) => page.locator("li").allTextContents();
export const opens = (page) => until("the page is open", async () => (await stateOf(page)).state === "open", UNTIL_BACK);

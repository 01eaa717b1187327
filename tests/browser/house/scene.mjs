// A test as a sentence: a node of its own, pages that are watched, and at the end nothing to complain about.
//
//   scene("two people talk", async ({ open, node }) => {
//     const ada = await open("/chat/?name=Ada");
//     …
//   });
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { after, before, test } from "node:test";
import { launch, openPage } from "./browser.mjs";
import { startNode, stateFolder } from "./node.mjs";

const LIMIT = 90_000; // ms

/** How a browser words that nothing came back, in whichever moment the line broke; what a node answers is not meant. */
export const NO_LINE = /net::ERR_|WebSocket connection/;

let browser = null;
before(async () => (browser = await launch()));
after(() => browser?.close());

/**
 * `mayComplain` says which console errors belong to the story: a node that is away cannot be reached. `onDisk` is the
 * namespace whose history outlives the node, `limit` in ms.
 */
export function scene(sentence, story, { mayComplain = null, onDisk = null, limit = LIMIT } = {}) {
  test(sentence, { timeout: limit }, async () => {
    const state = await stateFolder();
    const stage = { node: await startNode({ state, onDisk }), pages: [], browser };
    /** As if the power had failed; `between` is what happens while the node is away. */
    stage.killAndStart = async (between) => {
      const { port, child, exited } = stage.node;
      child.kill("SIGKILL");
      await exited;
      await between();
      stage.node = await startNode({ port, state, onDisk });
    };
    stage.open = async (path, options) => {
      const page = await openPage(browser, new URL(path, `${stage.node.url}/`).href, options);
      stage.pages.push(page);
      return page;
    };
    try {
      await story(stage);
      for (const page of stage.pages) judge(page, mayComplain);
    } catch (error) {
      error.message += await whatHappened(stage);
      throw error;
    } finally {
      for (const page of stage.pages) await page.context().close();
      const code = await stage.node.stop();
      await rm(state, { recursive: true, force: true });
      assert.equal(code, 0, `the node ended with ${code}\n${stage.node.log}`);
    }
  });
}

function judge(page, mayComplain) {
  assert.deepEqual(page.complaints.filter((words) => !mayComplain?.test(words)), [], `complaints of ${page.url()}`);
  assert.deepEqual(page.strangers, [], `${page.url()} asked other hosts`);
}

async function whatHappened({ pages, node }) {
  const seen = pages.map((page) => `\n-- ${page.url()}\n${page.complaints.join("\n")}`);
  return `${seen.join("")}\n-- the node's log\n${node.log.slice(-4000)}`;
}

// -- what stories wait for ----------------------------------------------------

/** Until the page's own pill says that it is connected. */
export const live = (page) => page.waitForSelector('#status[data-state="open"]');

/** Until the element shows these words; says what it showed instead. */
export async function shows(page, selector, words) {
  try {
    await page.waitForFunction(([where, text]) => [...document.querySelectorAll(where)].some((node) => node.textContent.includes(text)), [selector, words]);
  } catch (error) {
    const instead = await page.locator(selector).allTextContents().catch(() => []);
    throw new Error(`${selector} never showed “${words}”, but ${JSON.stringify(instead)}`, { cause: error });
  }
}

// The auction house's page and program: people bid, one is removed by the auctioneer, the hammer falls, the program ends.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, openPage, SIZES } from "./house/browser.mjs";
import { live, shows } from "./house/scene.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const program = process.env.AUCTION_PROGRAM ?? join(root, "build/release/examples/auction/auction");

let browser, folder, house, url, exited;
before(async () => {
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), "troupe-auction-"));
  const settings = join(folder, "any_port.toml");
  await writeFile(settings, "[listen]\nport = 0\n");
  const env = { PATH: process.env.PATH, XDG_STATE_HOME: folder, AUCTION_KEY: "s3cret" };
  house = spawn(program, [join(root, "examples/auction/pages"), settings], { env, stdio: ["ignore", "pipe", "ignore"] });
  exited = new Promise((resolve) => house.once("exit", (code, signal) => resolve(code ?? signal)));
  for await (const line of createInterface({ input: house.stdout })) {
    url = line.match(/http:\S+/)?.[0];
    break;
  }
});
after(async () => {
  house?.kill("SIGKILL");
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

async function enter(page, name) {
  await live(page);
  await page.fill("#name", name);
  await page.click("#enter button");
}

async function offer(page, amount) {
  await page.waitForSelector("#send:enabled");
  await page.fill("#bid", String(amount));
  await page.click("#send");
}

test("people bid, are told, and are removed; the hammer falls, and the house closes when it is told to", { timeout: 90_000 }, async () => {
  const ada = await openPage(browser, url);
  const bob = await openPage(browser, url, { theme: "dark", size: SIZES.phone });
  const boss = await openPage(browser, `${url}/#s3cret`);
  await enter(ada, "Ada");
  await shows(ada, "#here", "Ada");
  await enter(bob, "Ada");
  await shows(bob, "#entrance", "somebody of this name is here");
  await enter(bob, "Bob");
  await enter(boss, "Boss");
  assert.ok(await ada.isHidden("#desk"), "the desk is the auctioneer's");

  await offer(ada, 12);
  await shows(bob, "#leader", "Ada");
  await offer(bob, 20);
  await shows(ada, "#said", "You are outbid: 20");
  await shows(ada, "#bids", "Bob20");
  await offer(bob, 30);
  await shows(bob, "#said", "yours is the highest bid");
  await shows(ada, "#gold", ".");
  assert.equal(await bob.locator("h1:visible").count(), 1);
  assert.equal(await bob.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, "wider than a phone");

  await boss.click('button[aria-label="Remove Bob"]');
  await shows(bob, "#entrance", "shown the door by the auctioneer");
  await boss.click("#hammer");
  await shows(ada, "#outcome", "sold to Bob");
  for (const page of [ada, bob, boss]) {
    assert.deepEqual(page.complaints, []);
    assert.deepEqual(page.strangers, []);
    await page.context().close();
  }
  house.kill("SIGTERM");
  assert.equal(await exited, 0);
});

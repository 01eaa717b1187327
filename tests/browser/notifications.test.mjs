import assert from "node:assert/strict";
import { live, NO_LINE, scene, shows } from "./house/scene.mjs";

const JSON_TYPE = ["-H", "Content-Type: application/json"];

scene("a notification sent with curl appears", async ({ open, node }) => {
  const page = await open("/notifications/?user=ann");
  await live(page);
  const answer = await node.curl(`${node.url}/send`, ...JSON_TYPE, "-d", '{"userId":"ann","message":"Tea is ready"}');
  assert.deepEqual(JSON.parse(answer), { success: true });
  await shows(page, "#inbox li", "Tea is ready");
});

scene("the commands that the page shows work in a terminal", async ({ open, node }) => {
  const page = await open("/notifications/?user=o'neil & sons");
  await live(page);
  const { execFileSync } = await import("node:child_process");
  const sent = execFileSync("sh", ["-c", await page.locator("#curl-send").textContent()], { stdio: ["ignore", "pipe", "ignore"] });
  assert.deepEqual(JSON.parse(String(sent)), { success: true });
  await shows(page, "#inbox li", "Tea is ready");
  await page.click("#toggle");
  const polled = execFileSync("sh", ["-c", `${await page.locator("#curl-poll").textContent()} & ${await page.locator("#curl-send").textContent()} >/dev/null; wait`], { stdio: ["ignore", "pipe", "ignore"] });
  assert.equal(JSON.parse(String(polled)).messages[0].message, "Tea is ready");
});

scene("an inbox that was sent to before anybody looked is delivered", async ({ open, node }) => {
  for (const message of ["one", "two", "three"])
    await node.curl(`${node.url}/send`, ...JSON_TYPE, "-d", JSON.stringify({ userId: "never-seen", message }));
  const page = await open("/notifications/?user=never-seen");
  await shows(page, "#inbox li", "three");
  assert.deepEqual(await page.locator("#inbox li span").allTextContents(), ["three", "two", "one"]);
});

scene("a page sends to another's inbox, and nobody else hears it", async ({ open }) => {
  const ann = await open("/notifications/?user=ann");
  const bob = await open("/notifications/?user=bob");
  await bob.fill("#to", "ann");
  await bob.fill("#message", "psst");
  await bob.click("#send button");
  await shows(bob, "#sent", "Sent.");
  await shows(ann, "#inbox li", "psst");
  assert.equal(await bob.locator("#inbox li").count(), 0);
});

scene("what was typed stays until the node has taken it", async (stage) => {
  const page = await stage.open("/notifications/?user=ann");
  await live(page);
  await page.fill("#message", "do not lose me");
  await stage.killAndStart(async () => {
    await page.click("#send button");
    await shows(page, "#sent", "Not sent: The node did not answer.");
    assert.equal(await page.inputValue("#message"), "do not lose me");
  });
  await page.click("#send button");
  await shows(page, "#sent", "Sent.");
  assert.equal(await page.inputValue("#message"), "");
  await shows(page, "#inbox li", "do not lose me");
}, { mayComplain: new RegExp(`${NO_LINE.source}|50[0-9] |401 `) });

scene("who stops listening and listens again gets what came meanwhile, once", async ({ open, node }) => {
  const page = await open("/notifications/?user=ann");
  const send = (message) => node.curl(`${node.url}/send`, ...JSON_TYPE, "-d", JSON.stringify({ userId: "ann", message }));
  await send("before");
  await shows(page, "#inbox li", "before");
  await page.click("#toggle");
  await shows(page, "#toggle", "Listen");
  await send("meanwhile");
  await page.click("#toggle");
  await shows(page, "#inbox li", "meanwhile");
  assert.deepEqual(await page.locator("#inbox li span").allTextContents(), ["meanwhile"]);
});

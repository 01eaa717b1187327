import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { story } from "../house/real.mjs";

const NAMES = { "troupe.js": /javascript/, "troupe.global.js": /javascript/, "troupe.msgpack.js": /javascript/, "troupe.js.map": /json/ };

story("every node serves the client of its own version, to pages of any origin, and says when nothing has changed", async ({ node }) => {
  for (const [name, type] of Object.entries(NAMES)) {
    const response = await fetch(`${node.url}/${name}`);
    assert.equal(response.status, 200, name);
    assert.match(response.headers.get("Content-Type"), type);
    assert.equal(response.headers.get("Access-Control-Allow-Origin"), "*");
    const text = await response.text();
    if (!name.endsWith(".map")) assert.equal(text, await readFile(new URL(`../../dist/${name}`, import.meta.url), "utf8"), name);
    const again = await fetch(`${node.url}/${name}`, { headers: { "If-None-Match": response.headers.get("ETag") } });
    assert.equal(again.status, 304);
  }
  assert.equal((await fetch(`${node.url}/troupe.nothing`)).status, 404);
  assert.equal((await fetch(`${node.url}/troupe.js`, { method: "POST" })).status, 405);
});

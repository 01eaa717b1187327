// What is published: its entries, types and maps.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";

const here = fileURLToPath(new URL("../../", import.meta.url));
const read = (path) => readFileSync(join(here, path), "utf8");
const manifest = JSON.parse(read("package.json"));

test("every entry that the manifest names is there, and nothing is needed at run time", () => {
  const names = (entry) => (typeof entry === "string" ? [entry] : Object.values(entry).flatMap(names));
  for (const path of [...names(manifest.exports), manifest.main, manifest.types, manifest.unpkg]) assert.ok(statSync(join(here, path)).size > 0, path);
  assert.equal(manifest.dependencies, undefined);
});

test("it is imported by its name", async () => {
  const { connect, TroupeError } = await import(manifest.name);
  const { msgpack } = await import(`${manifest.name}/msgpack`);
  assert.equal(typeof connect, "function");
  assert.equal(msgpack.protocol, "troupe.v1.msgpack");
  assert.equal(new TroupeError("busy", "later") instanceof Error, true);
});

test("as a script it leaves one name", () => {
  const page = {};
  runInNewContext(read("dist/troupe.global.js"), page);
  assert.deepEqual(Object.keys(page), ["troupe"]);
  assert.deepEqual(Object.keys(page.troupe), ["connect", "TroupeError"]);
});

test("maps lead to the sources, and hold them", () => {
  for (const name of ["troupe.js", "troupe.global.js", "troupe.msgpack.js"]) {
    assert.match(read(`dist/${name}`), new RegExp(`//# sourceMappingURL=${name}.map\\s*$`));
    const { sources, sourcesContent } = JSON.parse(read(`dist/${name}.map`));
    sources.forEach((path, i) => assert.equal(read(join("dist", path)), sourcesContent[i]));
  }
});

test("the types tell what is there, and what is not", () => {
  const folder = mkdtempSync(join(tmpdir(), "troupe-types-"));
  const file = join(folder, "page.ts");
  writeFileSync(file, `
    import { connect, TroupeError, type Channel, type Position, type Status } from "${here}dist/types/index.js";
    import { msgpack } from "${here}dist/types/msgpack.js";
    const client = connect({ url: "https://node.example", token: async () => "jwt", codec: msgpack });
    client.on("state", ({ state, reason, retryAt }: Status) => console.log(state, reason, retryAt));
    const room: Channel = client.subscribe("room:tea", { params: { name: "Ada" }, presence: true });
    room.on("message", (data, { from }) => console.log(data, from));
    async function talk(): Promise<void> {
      const position: Position = await room.publish("message", { text: "hello" }, { key: "k" });
      const answer = await room.call<string>("say", null, { timeout: position.offset });
      for await (const { event } of room) if (event === answer) break;
      try { await room.joined(); } catch (error) { if (error instanceof TroupeError && error.sent) room.leave(); }
      // @ts-expect-error there is no such option
      connect({ polling: true });
      // @ts-expect-error what is the client's own is not shown
      room.tell("message");
    }
    talk();
  `);
  const PATH = `${join(here, "node_modules/.bin")}:${process.env.PATH}`;
  const words = ["--noEmit", "--strict", "--target", "es2022", "--module", "es2022", "--moduleResolution", "node", "--lib", "es2022,dom", file];
  try {
    execFileSync("tsc", words, { env: { ...process.env, PATH }, encoding: "utf8" });
  } catch ({ stdout }) {
    assert.fail(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("names that the build shortens are nobody else's", () => {
  const names = read("bundle.flags").match(/--mangle-props=\^\((.*)\)\$/)[1].split("|");
  const found = (keys) => names.filter((name) => keys.has(name));
  for (const page of ["src/protocol.ts", "dist/types/index.d.ts", "dist/types/channel.d.ts", "dist/types/client.d.ts"])
    assert.deepEqual(found(namesIn(read(page))), [], page);
  const wire = "../../docs/protocol.md";
  assert.deepEqual(found(new Set([...read(wire).matchAll(/"(\w+)"\s*:/g)].map(([, key]) => key))), [], `${wire}: as a key`);
});

/** What code is called, without the words of its comments and texts. */
function namesIn(code) {
  return new Set(code.replace(/\/\*[^]*?\*\/|\/\/.*|"[^"\n]*"/g, "").match(/\w+/g));
}

test("README and manifest name the same limits and commands", () => {
  const readme = read("README.md");
  for (const [, script] of readme.matchAll(/npm run\s+([\w:]+)/g)) assert.ok(manifest.scripts[script], script);
  assert.match(read("CHANGELOG.md"), new RegExp(`## ${manifest.version.replaceAll(".", "\\.")} `));
});

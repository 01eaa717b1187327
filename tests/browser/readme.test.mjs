// Whoever pastes what the README shows, while `script/server` runs, sees something.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { scene } from "./house/scene.mjs";

const HERE = "127.0.0.1:8080"; // where the demo listens
const readme = await readFile(fileURLToPath(new URL("../../README.md", import.meta.url)), "utf8");

/** Blocks of a language that name the node, or lines of a shell that do. */
const blocks = (language) => [...readme.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, "gm"))].map(([, text]) => text);
const scripts = blocks("js");
const commands = blocks("sh").flatMap((text) => text.split("\n").filter((line) => line.startsWith("curl")));

scene("the README shows what to paste", async () => {
  assert.ok(scripts.length >= 2 && commands.length >= 2, `${scripts.length} scripts, ${commands.length} commands`);
});

for (const [i, script] of scripts.entries())
  scene(`the README's script ${i + 1} logs what its channel says, in the console of the demo`, async ({ open, node }) => {
    const page = await open("/");
    const heard = page.waitForEvent("console", { predicate: (message) => message.type() === "log" && isSample(message) });
    await page.evaluate(`(async () => { ${script.replaceAll(HERE, new URL(node.url).host)} })()`);
    await heard;
  });

/** A sample has "cpu"; what a console shows of a nested object is its outline. */
const isSample = (message) => /\bcpu\b|event: sample/.test(message.text());

for (const [i, command] of commands.entries())
  scene(`the README's command ${i + 1} prints something at once`, async ({ node }) => {
    const child = spawn("sh", ["-c", command.replaceAll(HERE, new URL(node.url).host)], { stdio: ["ignore", "pipe", "ignore"], detached: true });
    try {
      const wanted = command.includes("/poll") ? /"cursor"/ : /^event: sample$/m;
      let seen = "";
      for await (const bytes of child.stdout) if (wanted.test((seen += bytes))) break;
      assert.match(seen, wanted);
    } finally {
      if (child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    }
  });

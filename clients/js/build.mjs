// Builds the package with esbuild and TypeScript, from Debian (`esbuild`, `node-typescript`) or node_modules/.bin:
//   build/                  one module per source, for the tests
//   dist/troupe.js          an ES module             dist/troupe.msgpack.js the other codec
//   dist/troupe.global.js   a script: `troupe.connect`
//   dist/types/             declarations
// Prints the sizes, and fails if one is above its limit.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = fileURLToPath(new URL(".", import.meta.url));
const PATH = join(here, "node_modules/.bin") + delimiter + process.env.PATH;
const LIMITS = { "troupe.js": 8192, "troupe.global.js": 8192, "troupe.msgpack.js": 2048 }; // bytes, gzipped

function run(program, ...words) {
  try {
    execFileSync(program, words, { cwd: here, env: { ...process.env, PATH }, stdio: ["ignore", "inherit", "inherit"] });
  } catch (error) {
    if (error.code !== "ENOENT") process.exit(1);
    console.error(`build: ${program} is missing: script/setup --tests installs it, or npm install here`);
    process.exit(1);
  }
}

/** With the flags that the node's build uses, too. The names to be mangled are the client's own, and nobody else's. */
const flags = readFileSync(join(here, "bundle.flags"), "utf8").trim().split("\n");

function bundle(from, to, format) {
  run("esbuild", `src/${from}`, `--outfile=dist/${to}`, `--format=${format}`, ...flags);
}

for (const folder of ["build", "dist"]) rmSync(join(here, folder), { recursive: true, force: true });
run("tsc", "-p", ".");
run("tsc", "-p", ".", "--emitDeclarationOnly", "--declaration", "--sourceMap", "false", "--outDir", "dist/types");
bundle("index.ts", "troupe.js", "esm");
bundle("global.ts", "troupe.global.js", "iife");
bundle("msgpack.ts", "troupe.msgpack.js", "esm");

let tooLarge = false;
for (const [name, limit] of Object.entries(LIMITS)) {
  const bytes = readFileSync(join(here, "dist", name));
  const size = gzipSync(bytes, { level: 9 }).length;
  console.log(`build: ${name} ${size} bytes gzipped (${bytes.length} plain, limit ${limit})`);
  tooLarge ||= size > limit;
}
if (tooLarge) {
  console.error("build: too large");
  process.exit(1);
}

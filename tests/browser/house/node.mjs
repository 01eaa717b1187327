// A node of the demo as its own process: started on a free port, asked over HTTP, ended by SIGTERM.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../../", import.meta.url));
const program = process.env.TROUPE_PROGRAM ?? join(root, "build/release/troupe");

const START_LIMIT = 20_000; // ms, of a machine that has other things to do

/**
 * Runs a node; with `port` 0 on any free one. `state` is where it keeps its key and disk, a folder of its own if not
 * given. `onDisk`: the namespace whose history is there, too.
 */
export async function startNode({ port = 0, state = null, onDisk = null } = {}) {
  const home = state ?? (await stateFolder());
  const env = { ...withoutSettings(process.env), XDG_STATE_HOME: home };
  const flags = ["serve", "--config", await configuration(home, onDisk), "--listen", `127.0.0.1:${port}`, "--static.dir", "examples/pages"];
  const child = spawn(program, flags, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const node = new Node(child, home, env, state === null);
  await node.ready();
  return node;
}

export const stateFolder = () => mkdtemp(join(tmpdir(), "troupe-browser-"));

async function configuration(folder, onDisk) {
  const demo = join(root, "examples/demo.toml");
  if (!onDisk) return demo;
  const pattern = `pattern = "${onDisk}"`;
  const text = await readFile(demo, "utf8");
  if (!text.includes(pattern)) throw new Error(`${demo} has no ${pattern}`);
  const own = join(folder, "on-disk.toml");
  await writeFile(own, text.replace(pattern, `${pattern}\nhistory_store = "disk"`));
  return own;
}

/** The node reads every variable that begins with TROUPE_ as a setting, and refuses those it does not know. */
function withoutSettings(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("TROUPE_")));
}

class Node {
  constructor(child, state, env, ownsState) {
    Object.assign(this, { child, state, env, ownsState, log: "" });
    this.exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => resolve(code ?? signal));
      child.once("error", resolve); // there is no such program
    });
    child.stderr.on("data", (bytes) => (this.log += bytes));
  }

  /** Waits for the two lines that a node prints: where it listens and the observer's link. */
  async ready() {
    const timer = setTimeout(() => this.child.kill("SIGKILL"), START_LIMIT);
    for await (const line of createInterface({ input: this.child.stdout })) {
      const [, what, address] = line.match(/^(observer|listening) +(\S+)/) ?? [];
      if (what === "observer") this.observer = address;
      if (what !== "listening") continue;
      this.url = address.replace(/\/$/, "");
      this.port = Number(new URL(address).port);
      break;
    }
    clearTimeout(timer);
    if (!this.url) throw new Error(`the node did not start: ${await this.stop()}\n${this.log}`);
    this.child.stdout.resume();
  }

  /** The key that the node made for itself. */
  async key() {
    return (await readFile(join(this.state, "troupe", `${this.port}.key`), "utf8")).trim();
  }

  /** Asks the HTTP API, as an application's backend would. */
  async api(path, body = undefined) {
    const headers = { Authorization: `Bearer ${await this.key()}`, "Content-Type": "application/json" };
    const response = await fetch(`${this.url}/api/${path}`, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** How many WebSockets, streams and waiting polls are open. */
  async connections() {
    const response = await fetch(`${this.url}/metrics`, { headers: { Accept: "application/json" } });
    return (await response.json()).connections;
  }

  publish(channel, event, data) {
    return this.api("publish", event ? { channel, event, data } : { channel, data });
  }

  /** The program's command line against this node: `troupe kill room:tea`. */
  async cli(...words) {
    const { stdout } = await run(program, [...words, "--connect", `127.0.0.1:${this.port}`], { cwd: root, env: this.env });
    return stdout;
  }

  /** Real curl, as somebody in a terminal would type it. */
  async curl(...words) {
    const { stdout } = await run("curl", ["--silent", "--show-error", "--max-time", "40", ...words]);
    return stdout;
  }

  /** Ends it as an operator would, and tells how it went. */
  async stop() {
    if (this.child.pid && this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGTERM");
    const code = await this.exited;
    if (this.ownsState) await rm(this.state, { recursive: true, force: true });
    return code;
  }
}

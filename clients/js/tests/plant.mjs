// Plants one fault at a time into a copy of the client and runs the unit tests against it: each must be found.
//   node tests/plant.mjs [words of a fault's name]
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("..", import.meta.url));

/** [what goes wrong, the file, what stands there, what is written instead] */
const FAULTS = [
  ["a publication is told twice", "membership.ts", "offset <= this.#position!.offset", "offset < this.#position!.offset"],
  ["the position does not move", "membership.ts", "this.#position!.offset = offset;", ""],
  ["a subscription begins one too far", "membership.ts", "since: this.since }", "since: this.since && { ...this.since, offset: this.since.offset + 1 } }"],
  ["a resume begins one too far", "session.ts", "token, received, positions, attempt }", "token, received: received + 1, positions, attempt }"],
  ["a resume begins one too early", "session.ts", "token, received, positions, attempt }", "token, received: received - 1, positions, attempt }"],
  ["each attempt to come back is the first", "session.ts", "++this.#identity.attempt", "1"],
  ["the count of a resumed session begins anew", "session.ts", "token: token ?? before.token }", "token: token ?? before.token, received: 0 }"],
  ["`resumed` itself is counted", "session.ts", "else if (counts)", "if (counts)"],
  ["what was missed comes before the channels know that they are in", "session.ts", "for (const membership of this.memberships.values()) membership.goOn();\n", "queueMicrotask(() => { for (const membership of this.memberships.values()) membership.goOn(); });\n"],
  ["nobody is told of a gap at a new beginning", "membership.ts", "if (recovered === false)", "if (false)"],
  ["a gap turns the position back", "membership.ts", "Math.max(at, offset)", "offset"],
  ["what overtook `subscribed` is forgotten", "membership.ts", "for (const message of held) this.heard(message);", ""],
  ["failed attempts make a session forget its channels", "membership.ts", "this.#wasIn ||= this.#phase === \"in\"", "this.#wasIn = this.#phase === \"in\""],
  ["a kicked member comes back", "membership.ts", "const again = PASSING_ENDS.has(reason);", "const again = true;"],
  ["what waited is not sent when the channel is joined", "session.ts", "  entered(): void {\n    this.#queue.flush();", "  entered(): void {"],
  ["what was sent is not sent again", "command_queue.ts", "entry.sent = false;", "continue;"],
  ["what was sent goes again in any session", "session.ts", "this.#queue.renewed(goesOn || (isUser && this.#isUser));", "this.#queue.renewed(true);"],
  ["what was sent without key goes again", "command_queue.ts", "return REPEATABLE.has(action) || key !== undefined;", "return true;"],
  ["a lost command is neither resolved nor rejected", "command_queue.ts", "else this.#fail(entry.command.id!, disconnected(true));", ""],
  ["a retry has a new key", "command_queue.ts", "entry.sent = this.send(entry.command);", "entry.sent = this.send(entry.command.key ? { ...entry.command, key: String(Math.random()) } : entry.command);"],
  ["the queue has no bound", "command_queue.ts", ">= this.limit &&", ">= Infinity &&"],
  ["more than 16 are sent at once", "command_queue.ts", "const WINDOW = 16;", "const WINDOW = 17;"],
  ["a timeout does not run while a call waits", "command_queue.ts", "if (timeout) entry", "if (timeout && sent) entry"],
  ["commands overtake each other over HTTP", "transports/http_commands.ts", "(lanes.get(lane) ?? Promise.resolve())", "Promise.resolve()"],
  ["a session that was never in is taken to be in", "session.ts", "membership.forget();", "membership.position;"],
  ["a session that is refused is asked for again for ever", "session.ts", "if (anew) this.#begin(null);", ""],
  ["a refused session ends the client", "connector.ts", "if (!anew && (FINAL", "if ((FINAL"],
  ["a goodbye forgets what the next membership was told", "membership.ts", "this.#held.filter(({ offset }) => offset)", "[]"],
  ["a poll goes on with another session's messages", "transports/poll.ts", "else if (session.token !== token)", "else if (false)"],
  ["a poll that goes on begins anew", "transports/address.ts", "if (resume) {", "if (false) {"],
  ["an address says one too many", "transports/address.ts", "String(resume.received)", "String(resume.received + 1)"],
  ["any answer to a token is taken as resumed", "transports/http_commands.ts", "return token === session.token ?", "return token ?"],
  ["a session that was resumed is resumed once more", "session.ts", "this.#fresh && this.#goOn(message);", "this.#identity && this.#goOn(message);"],
  ["what became of private messages is not told", "transports/http_commands.ts", "{ ...session, type: \"resumed\", id }", "{ type: \"resumed\", id }"],
  ["who came again in a moment is gone", "roster.ts", "    for (const { session } of left) known.delete(session);\n    for (const member of joined) known.set(member.session, member);", "    for (const member of joined) known.set(member.session, member);\n    for (const { session } of left) known.delete(session);"],
  ["a list does not end what was known before", "roster.ts", "this.#members = byId(members ?? []);", "this.#members = new Map([...known, ...byId(members ?? [])]);"],
  ["those who are only counted have left", "roster.ts", "left: members ? beyond(this.#members, known) : []", "left: beyond(this.#members, known)"],
  ["who is back stays away", "roster.ts", "away: away || undefined", "away: true"],
  ["the slot of a draining node is not kept", "connector.ts", "Math.max(this.#slot, now) + pause", "now + pause"],
  ["a page that is shown jumps the queue of those who return", "connector.ts", "if (this.clock.now() < this.#slot)", "if (false)"],
  ["who is refused comes back", "errors.ts", "\"unauthorised\", \"refused\", ", ""],
  ["a poll that was replaced comes back", "errors.ts", ", \"replaced\", \"kicked\"]", "]"],
  ["a stream's last word is not heeded", "connector.ts", "if (type === \"closing\" && code) return", "if (false) return"],
  ["a failure that overtakes `subscribed` is forgotten", "membership.ts", "this.#joined(message) : this.#hold(message);", "this.#joined(message) : type === \"unsubscribed\" || this.#hold(message);"],
  ["a stream in pieces loses what was cut", "transports/event_stream.ts", "(rest + text.replace", "(text.replace"],
  ["the pause has no jitter", "backoff.ts", "return this.clock.random() * this.ceiling;", "return this.ceiling;"],
  ["the pause does not grow", "backoff.ts", "this.#failures++;", ""],
  ["a final close code is tried again", "errors.ts", "4000, 4003, 4004,", "4000, 4004,"],
  ["a blocked transport is tried for ever", "ladder.ts", "this.#at = (this.#at + 1) % this.size;", ""],
  ["a silent connection is never given up", "heartbeat.ts", "else this.dead();\n    });", "\n    });"],
  ["after a sleep a connection is dead without being asked", "heartbeat.ts", "else if (late)", "else if (false)"],
  ["a hidden page says goodbye", "connector.ts", "this.#drop(state === \"closed\");", "this.#drop(true);"],
  ["a hidden page goes on trying", "connector.ts", "    this.#stop(\"waiting\", \"the page is hidden\");", "    this.#stop(\"waiting\", \"the page is hidden\");\n    this.#wait({ reason: \"\" });"],
  ["the old connection is still heard", "connector.ts", "(what: () => void) => attempt === this.#attempt && what()", "(what: () => void) => what()"],
  ["the token is asked for once", "session.ts", "typeof token === \"function\" ? await token() : token;", "typeof token === \"function\" ? await token() : token;\n    this.#settings.token = value;"],
  ["a channel left while away stays joined", "session.ts", "if (goesOn) this.#leaving.forEach((channel) => this.#unsubscribe(channel));", ""],
  ["a slow reader loses messages unseen", "inbox.ts", "this.#dropped++;", ""],
  ["bytes are text", "bytes.ts", "message.encoding === \"base64\" ?", "false ?"],
];

const wanted = process.argv.slice(2).join(" ");
const work = mkdtempSync(join(tmpdir(), "troupe-plant-"));
let unfound = 0;
for (const [name, file, before, after] of FAULTS.filter(([name]) => name.includes(wanted))) {
  const found = tryFault(file, before, after);
  console.log(`${found.length > 0 ? "found" : "NOT FOUND"}: ${name}${found.length ? ` (${found.length}: “${found[0]}”)` : ""}`);
  if (found.length === 0) unfound++;
}
rmSync(work, { recursive: true });
console.log(`${unfound} of ${FAULTS.length} were not found`);
process.exit(unfound > 0 ? 1 : 0);

/** The tests that notice. */
function tryFault(file, before, after) {
  rmSync(work, { recursive: true, force: true });
  for (const part of ["src", "tests", "package.json"]) cpSync(join(here, part), join(work, part), { recursive: true });
  const path = join(work, "src", file);
  const source = readFileSync(path, "utf8");
  if (source.split(before).length !== 2) throw new Error(`${file}: “${before}” stands there ${source.split(before).length - 1} times`);
  writeFileSync(path, source.replace(before, () => after));
  const sources = ["src", "src/transports"].flatMap((folder) => readdirSync(join(work, folder)).filter((each) => each.endsWith(".ts")).map((each) => `${folder}/${each}`));
  execFileSync("esbuild", [...sources, "--outdir=build", "--outbase=src", "--target=es2022", "--log-level=error"], { cwd: work });
  const tests = readdirSync(join(work, "tests/unit")).filter((each) => each.endsWith(".test.mjs") && each !== "package.test.mjs");
  const { stdout } = spawnSync("node", ["--test", ...tests.map((each) => `tests/unit/${each}`)], { cwd: work, encoding: "utf8", timeout: 120_000, env: { ...process.env, SCHEDULES: "60" } });
  return [...stdout.matchAll(/^ *not ok \d+ - (.*)$/gm)].map(([, sentence]) => sentence).filter((sentence) => !sentence.endsWith(".mjs"));
}

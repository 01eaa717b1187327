// Makes docs/screenshots/*.png with something going on in every page:  node tests/browser/screenshots.mjs
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { launch, openPage, SIZES } from "./house/browser.mjs";
import { enterRoom, say } from "./house/chat.mjs";
import { startNode } from "./house/node.mjs";

const folder = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
await mkdir(folder, { recursive: true });

const node = await startNode();
const browser = await launch();
const open = (path, options) => openPage(browser, new URL(path, `${node.url}/`).href, options);
const close = (...pages) => Promise.all(pages.map((page) => page.context().close()));

async function shoot(page, name) {
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement?.blur());
  await page.screenshot({ path: `${folder}${name}.png` });
  console.log(`docs/screenshots/${name}.png`);
}

// -- index --------------------------------------------------------------------

async function index(name, options) {
  const page = await open("/", options);
  for (const lane of ["websocket", "sse", "poll"]) await page.waitForSelector(`[data-lane="${lane}"] .pill[data-state="open"]`);
  for (const words of ["Good morning", "Tea is ready", "Come as you are"]) {
    await page.fill("#words", words);
    await page.press("#words", "Enter");
    await page.waitForFunction((text) => [...document.querySelectorAll(".lane")].every((lane) => lane.querySelector("li")?.textContent.includes(text)), words);
  }
  await shoot(page, name);
  await close(page);
}

// -- chat ---------------------------------------------------------------------

const TALK = [
  ["Grace", "Has anybody seen the harbour this morning?"],
  ["Ada", "All fog. The ferry came out of nowhere."],
  ["Barbara", "I could hear it before I saw it."],
  ["Barbara", "Then everybody waved."],
  ["Grace", "I killed the room while you were talking. Did you notice?"],
  ["Ada", "Not at all"],
  ["Barbara", "Nothing. Which message?"],
  ["Grace", "The one with the ferry."],
  ["Ada", "Ha. More tea?"],
];

async function chat() {
  const room = "harbour";
  const people = { Ada: await enterRoom(open, "Ada", { room }) };
  for (const name of ["Grace", "Barbara"]) people[name] = await enterRoom(open, name, { room });
  const dark = await enterRoom(open, "Radia", { room, theme: "dark" });
  for (const [i, [name, words]] of TALK.entries()) {
    await say(people[name], words);
    if (words.startsWith("I killed")) await node.cli("kill", `room:${room}`);
    await people.Ada.waitForFunction((count) => document.querySelectorAll(".message:not(.pending)").length === count, i + 1);
  }
  await say(dark, "Yes, please. With milk.");
  await people.Grace.locator("#text").pressSequentially("Coming");
  for (const page of [people.Ada, dark]) await page.waitForFunction(() => document.querySelector("#typing").textContent.includes("Grace"));
  await shoot(people.Ada, "chat");
  await people.Grace.locator("#text").pressSequentially("!");
  await shoot(dark, "chat-dark");
  await observer();
  await close(dark, ...Object.values(people));
}

// -- observer -----------------------------------------------------------------

async function observer() {
  const page = await open(node.observer);
  await page.waitForSelector('#status[data-state="open"]');
  const others = [await open("/"), await open("/dashboard/"), await open("/notifications/?user=ann"), await open("/whiteboard/"), await open("/progress/")];
  await others[4].click("#start");
  await page.click('[data-channel="room:harbour"] button.bad');
  await page.click("#confirm-yes");
  await page.waitForSelector("#events [data-kind=restarted]");
  await page.waitForFunction(() => document.querySelector('[data-channel="room:harbour"] td:nth-child(5)')?.textContent === "2");
  await page.waitForFunction(() => Number(document.querySelector("#n-delivered").textContent) > 0);
  await page.waitForFunction(() => document.querySelector('[data-channel="job:primes"] td:nth-child(3)')?.textContent !== "0");
  await shoot(page, "observer");
  await close(page, ...others);
}

// -- dashboard ----------------------------------------------------------------

async function dashboard() {
  const page = await open("/dashboard/");
  const traffic = setInterval(() => {
    for (let n = 4 + 3 * Math.sin(Date.now() / 3000); n > 0; n--) fetch(`${node.url}/troupe.js`).then((response) => response.text());
  }, 250);
  await page.waitForFunction(() => Number(document.querySelector("#count").textContent) >= 60, null, { timeout: 90_000 });
  await shoot(page, "dashboard");
  clearInterval(traffic);
  await close(page);
}

// -- notifications ------------------------------------------------------------

async function notifications() {
  const page = await open("/notifications/?user=ann");
  for (const message of ["Your parcel has left the harbour", "Grace shared “Tides of October” with you", "Build 214 is green", "Tea is ready"])
    await node.curl(`${node.url}/send`, "-H", "Content-Type: application/json", "-d", JSON.stringify({ userId: "ann", message }));
  await page.waitForFunction(() => document.querySelectorAll("#inbox li").length === 4);
  await page.fill("#message", "On my way");
  await page.click("#send button");
  await page.waitForFunction(() => document.querySelectorAll("#inbox li").length === 5);
  await shoot(page, "notifications");
  await close(page);
}

// -- whiteboard ---------------------------------------------------------------

/** A harbour: waves, a boat, a sun. Places are parts of the board. */
const waves = (y, phase) => Array.from({ length: 60 }, (_, i) => [0.06 + 0.88 * (i / 59), y + 0.018 * Math.sin(i / 2.6 + phase)]);
const circle = (x, y, r) => Array.from({ length: 41 }, (_, i) => [x + r * Math.cos((i * Math.PI) / 20), y + 1.9 * r * Math.sin((i * Math.PI) / 20)]);
const DRAWING = [
  ["blue", 6, waves(0.78, 0)], ["teal", 5, waves(0.84, 2)], ["blue", 4, waves(0.9, 4)],
  ["red", 8, [[0.3, 0.62], [0.36, 0.73], [0.58, 0.73], [0.65, 0.62], [0.3, 0.62]]],
  ["grey", 6, [[0.47, 0.62], [0.47, 0.2]]],
  ["violet", 5, [[0.475, 0.22], [0.62, 0.56], [0.475, 0.56]]],
  ["pink", 5, [[0.463, 0.28], [0.35, 0.56], [0.463, 0.56]]],
  ["amber", 9, circle(0.82, 0.24, 0.055)],
  ["amber", 4, [[0.82, 0.07], [0.82, 0.02]]], ["amber", 4, [[0.9, 0.24], [0.93, 0.24]]], ["amber", 4, [[0.74, 0.24], [0.71, 0.24]]], ["amber", 4, [[0.82, 0.41], [0.82, 0.46]]],
  ["green", 5, [[0.08, 0.7], [0.12, 0.6], [0.17, 0.66], [0.21, 0.57], [0.26, 0.7]]],
];

async function whiteboard() {
  const [page, other] = [await open("/whiteboard/"), await open("/whiteboard/")];
  for (const each of [page, other]) await each.waitForSelector('#status[data-state="open"]');
  const at = await penOf(other);
  for (const [colour, width, places] of DRAWING) {
    await other.click(`.swatch[aria-label="${colour}"]`);
    await other.fill("#width", String(width));
    await other.mouse.move(...at(places[0]));
    await other.mouse.down();
    for (const place of places.slice(1)) await other.mouse.move(...at(place), { steps: 3 });
    await other.mouse.up();
  }
  const pen = await penOf(page);
  await page.click('.swatch[aria-label="green"]');
  await page.mouse.move(...pen([0.1, 0.12]));
  await page.mouse.down();
  for (const place of [[0.13, 0.08], [0.16, 0.12], [0.19, 0.08], [0.22, 0.12]]) await page.mouse.move(...pen(place), { steps: 4 });
  await page.mouse.up();
  await other.mouse.move(...at([0.68, 0.5]), { steps: 5 });
  await page.waitForFunction(() => Number(document.querySelector("#traffic").textContent.match(/(\d+) heard/)?.[1]) > 50);
  await shoot(page, "whiteboard");
  await close(page, other);
}

async function penOf(page) {
  const box = await page.locator("#board").boundingBox();
  return ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
}

// -- progress -----------------------------------------------------------------

async function progress() {
  const page = await open("/progress/");
  await page.waitForSelector('#status[data-state="open"]');
  await page.waitForFunction(() => document.querySelector("#cancel").disabled || document.querySelector("#cancel").click() === null);
  await page.click("#start");
  await page.waitForFunction(() => Number(document.querySelector("#meter").getAttribute("aria-valuenow")) >= 61, null, { timeout: 60_000 });
  await shoot(page, "progress");
  await close(page);
}

try {
  await index("index");
  await index("index-phone", { size: SIZES.phone });
  await notifications();
  await whiteboard();
  await chat();
  await progress();
  await dashboard();
} finally {
  await browser.close();
  await node.stop();
}

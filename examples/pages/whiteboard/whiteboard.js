// A board that many draw on, over msgpack. The board is an actor on the node: examples/whiteboard/board.hpp.
import { connect } from "/troupe.js";
import { msgpack } from "/troupe.msgpack.js";
import { $, el, showConnection } from "/shared/page.js";
import { Surface } from "./surface.js";
import { packPiece, unpackPiece, piecesOf, packCursor, unpackCursor } from "./wire.js";

const CURSOR_PERIOD = 50; // ms between two cursor messages
const POINTS_MAX = 256; // of a piece
const WAITING_MAX = 2000; // pieces, about half a minute of drawing

const name = new URLSearchParams(location.search).get("board") ?? "sketch";
const surface = new Surface($("strokes"), $("cursors"));
const counts = { sent: 0, heard: 0 };

// -- the board ----------------------------------------------------------------

// A board asks for nothing that it missed: whoever comes, or comes back, is told everything, and then what follows. What
// was drawn without a connection waits for it; what nobody knows of is drawn again, which does no harm.
const client = connect({ codec: msgpack, queueLimit: WAITING_MAX });
showConnection(client);
const board = client
  .subscribe(`board:${name}`, { recover: false })
  .on("begin", () => (surface.clear(), drawOurs()))
  .on("page", (page) => {
    for (const piece of piecesOf(page)) surface.add(unpackPiece(piece));
  })
  .on("draw", (bytes) => heard(() => surface.add(unpackPiece(bytes))))
  .on("cursor", (bytes, { from }) => heard(() => surface.point(from, unpackCursor(bytes))))
  .on("gone", ({ id }) => surface.point(id, null))
  .on("cleared", () => surface.clear())
  .on("$gap", () => board.rejoin());

function heard(show) {
  show();
  counts.heard++;
}

const waiting = new Set(); // pieces that the board has not confirmed
const unsure = new Set(); // of them, those that nobody knows of

async function drawPiece(piece) {
  surface.add(piece);
  waiting.add(piece);
  counts.sent++;
  try {
    await board.publish("draw", packPiece(piece), { echo: false });
  } catch ({ code }) {
    if (code === "disconnected") return unsure.add(piece);
  }
  waiting.delete(piece);
}

/** After `begin` the surface is as the board knows it: what it will hear of is shown again. */
function drawOurs() {
  for (const piece of waiting) surface.add(piece);
  const again = [...unsure];
  unsure.clear();
  for (const piece of again) drawPiece(piece);
}

function pointAt(place) {
  counts.sent++;
  board.publish("cursor", packCursor(place, colour), { echo: false, ephemeral: true, volatile: true });
}

setInterval(() => ($("traffic").textContent = `${counts.sent} sent · ${counts.heard} heard`), 500);

// -- the pen ------------------------------------------------------------------

let colour = 0;
let stroke = 0;
let points = null; // of the piece that is being drawn; null: the pen is up

// A phone tells of a move more often than a screen shows one: a piece per frame is enough.
function drawFrame() {
  if (!points) return;
  if (points.length > 1) {
    drawPiece({ stroke, colour, width: Number($("width").value), points });
    points = [points.at(-1)]; // the next piece begins where this one ends
  }
  requestAnimationFrame(drawFrame);
}

$("board").addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  $("board").setPointerCapture(event.pointerId);
  stroke = (stroke + 1) & 0xffff;
  const here = surface.pointOf(event);
  points = [here, here];
  drawFrame();
});

let toldCursor = 0;
$("board").addEventListener("pointermove", (event) => {
  const moves = event.getCoalescedEvents?.() ?? [];
  for (const each of moves.length > 0 ? moves : [event]) if (points && points.length < POINTS_MAX) points.push(surface.pointOf(each));
  if (Date.now() - toldCursor < CURSOR_PERIOD) return;
  toldCursor = Date.now();
  pointAt(surface.pointOf(event));
});

function penUp() {
  if (points) drawFrame();
  points = null;
}
$("board").addEventListener("pointerup", penUp);
$("board").addEventListener("pointercancel", penUp);

// -- tools --------------------------------------------------------------------

const NAMES = ["red", "blue", "green", "violet", "amber", "teal", "pink", "grey"];
const swatches = NAMES.map((label, i) => {
  const swatch = el("button", { class: "swatch", role: "radio", "aria-label": label, "aria-checked": String(i === 0) });
  swatch.style.setProperty("--of", `var(--c${i})`);
  swatch.addEventListener("click", () => {
    colour = i;
    swatches.forEach((each, j) => each.setAttribute("aria-checked", String(i === j)));
  });
  return swatch;
});
$("colours").append(...swatches);

$("clear").addEventListener("click", () => board.call("clear").catch(() => {}));

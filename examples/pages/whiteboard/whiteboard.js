// A board that many draw on, over msgpack. The board is an actor on the node: examples/whiteboard/board.hpp.
import { connect } from "/shared/troupe.js";
import { msgpack } from "/shared/msgpack.js";
import { $, el, showStatus } from "/shared/page.js";
import { Surface } from "./surface.js";
import { packPiece, unpackPiece, piecesOf, packCursor, unpackCursor } from "./wire.js";

const CURSOR_PERIOD = 50; // ms between two cursor messages
const POINTS_MAX = 256; // of a piece
const UNSENT_MAX = 2000; // pieces, about half a minute of drawing

const name = new URLSearchParams(location.search).get("board") ?? "sketch";
const surface = new Surface($("strokes"), $("cursors"));
const counts = { sent: 0, heard: 0 };

// -- the board ----------------------------------------------------------------

// A board does not resume: whoever comes, or comes back, is told everything, and then what follows. What was drawn
// without a connection is drawn again.
const troupe = connect({ codec: msgpack, onStatus: showStatus });
const board = troupe
  .subscribe(`board:${name}`, { resume: false })
  .on("begin", () => (surface.clear(), drawUnsent()))
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

function send(event, bytes, ephemeral) {
  const sent = troupe.state === "open" && board.publish(event, bytes, { echo: false, ephemeral });
  if (sent) counts.sent++;
  return sent;
}

const unsent = [];

function drawPiece(piece) {
  surface.add(piece);
  if (!send("draw", packPiece(piece), false) && unsent.length < UNSENT_MAX) unsent.push(piece);
}

function drawUnsent() {
  for (const piece of unsent.splice(0)) drawPiece(piece);
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
  send("cursor", packCursor(surface.pointOf(event), colour), true);
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

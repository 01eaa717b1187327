// What is seen: pieces of strokes on one canvas, other people's cursors on another.
import { FULL } from "./wire.js";

export class Surface {
  constructor(strokes, cursors) {
    this.strokes = strokes;
    this.cursors = cursors;
    this.pieces = [];
    this.pointers = new Map(); // session → { point, colour }
    new ResizeObserver(() => this.#redraw()).observe(strokes);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#redraw());
  }

  // -- strokes ----------------------------------------------------------------

  add(piece) {
    this.pieces.push(piece);
    this.#stroke(this.strokes.getContext("2d"), piece);
  }

  clear() {
    this.pieces = [];
    this.#redraw();
  }

  #redraw() {
    const ratio = devicePixelRatio || 1;
    for (const canvas of [this.strokes, this.cursors]) {
      canvas.width = canvas.clientWidth * ratio;
      canvas.height = canvas.clientHeight * ratio;
      canvas.getContext("2d").scale(ratio, ratio);
    }
    const style = getComputedStyle(this.strokes);
    this.colours = [...Array(8).keys()].map((i) => style.getPropertyValue(`--c${i}`));
    const pen = this.strokes.getContext("2d");
    for (const piece of this.pieces) this.#stroke(pen, piece);
    this.#drawPointers();
  }

  #stroke(pen, { colour, width, points }) {
    pen.strokeStyle = this.colours?.[colour] ?? "gray";
    pen.lineWidth = width;
    pen.lineCap = pen.lineJoin = "round";
    pen.beginPath();
    points.forEach((point, i) => pen[i === 0 ? "moveTo" : "lineTo"](...this.#place(point)));
    pen.stroke();
  }

  // -- cursors ----------------------------------------------------------------

  point(session, pointer) {
    if (pointer) this.pointers.set(session, { ...pointer, seen: Date.now() });
    else this.pointers.delete(session);
    this.#drawPointers();
  }

  #drawPointers() {
    const pen = this.cursors.getContext("2d");
    pen.clearRect(0, 0, this.cursors.clientWidth, this.cursors.clientHeight);
    for (const [session, { point, colour, seen }] of this.pointers) {
      if (Date.now() - seen > 15000) {
        this.pointers.delete(session);
        continue;
      }
      const [x, y] = this.#place(point);
      pen.fillStyle = this.colours?.[colour] ?? "gray";
      pen.beginPath();
      pen.moveTo(x, y);
      pen.lineTo(x + 4, y + 15);
      pen.lineTo(x + 12, y + 9);
      pen.fill();
    }
  }

  // -- places -----------------------------------------------------------------

  #place([x, y]) {
    return [(x / FULL) * this.strokes.clientWidth, (y / FULL) * this.strokes.clientHeight];
  }

  /** Where an event of the pointer is, as the board counts. */
  pointOf(event) {
    const box = this.strokes.getBoundingClientRect();
    const part = (value, size) => Math.round(Math.min(1, Math.max(0, value / size)) * FULL);
    return [part(event.clientX - box.left, box.width), part(event.clientY - box.top, box.height)];
  }
}

// Lines over the last two minutes on a canvas. Colours come from the page's own variables, so dark and light follow.

const LENGTH = 120; // points across
const PAD = { left: 52, right: 8, top: 8, bottom: 8 };

export class Chart {
  /** series: [{ name, colour: "--c0", fill }]; top: a fixed upper end, or 0 to follow the values; label: value → text; base: of its units */
  constructor(canvas, legend, { series, top = 0, label, base = 1000 }) {
    Object.assign(this, { canvas, series, top, label, base });
    this.values = series.map(() => []);
    for (const { name, colour } of series) {
      const entry = document.createElement("span");
      entry.textContent = name;
      entry.style.setProperty("--of", `var(${colour})`);
      legend.append(entry);
    }
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  add(values) {
    values.forEach((value, i) => {
      this.values[i].push(value);
      if (this.values[i].length > LENGTH) this.values[i].shift();
    });
  }

  draw() {
    const { canvas } = this;
    const ratio = devicePixelRatio || 1;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);

    const style = getComputedStyle(canvas);
    const top = this.top || niceTop(Math.max(1, ...this.values.flat()), this.base);
    const x = (i, count) => PAD.left + ((LENGTH - count + i) / (LENGTH - 1)) * (width - PAD.left - PAD.right);
    const y = (value) => height - PAD.bottom - (Math.min(value, top) / top) * (height - PAD.top - PAD.bottom);
    this.#grid(pen, style, width, top, y);
    this.series.forEach((series, i) => this.#line(pen, style, series, this.values[i], x, y));
  }

  #grid(pen, style, width, top, y) {
    pen.font = `11px ${style.getPropertyValue("--sans") || "sans-serif"}`;
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    pen.strokeStyle = style.getPropertyValue("--line");
    pen.fillStyle = style.getPropertyValue("--soft");
    pen.lineWidth = 1;
    for (const part of [0, 0.5, 1]) {
      const at = Math.round(y(top * part)) + 0.5;
      pen.beginPath();
      pen.moveTo(PAD.left, at);
      pen.lineTo(width - PAD.right, at);
      pen.stroke();
      pen.fillText(this.label(top * part), PAD.left - 8, at);
    }
  }

  #line(pen, style, { colour, fill }, values, x, y) {
    if (values.length < 2) return;
    const line = new Path2D();
    values.forEach((value, i) => line[i === 0 ? "moveTo" : "lineTo"](x(i, values.length), y(value)));
    pen.strokeStyle = style.getPropertyValue(colour);
    pen.lineWidth = 2;
    pen.lineJoin = "round";
    pen.stroke(line);
    if (!fill) return;
    line.lineTo(x(values.length - 1, values.length), y(0));
    line.lineTo(x(0, values.length), y(0));
    pen.globalAlpha = 0.12;
    pen.fillStyle = style.getPropertyValue(colour);
    pen.fill(line);
    pen.globalAlpha = 1;
  }
}

/** 1, 2 or 5 times a power of ten of a unit, above all values: 50 KB, 2 MB. */
function niceTop(value, base) {
  const unit = base ** Math.floor(Math.log(value) / Math.log(base));
  const power = unit * 10 ** Math.floor(Math.log10(value / unit));
  return [1, 2, 5, 10].map((n) => n * power).find((n) => n >= value);
}

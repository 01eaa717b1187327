// The last hour, as the node remembers it: lines of a few hundred points each.

import { $, bytes, clock, count, el, rate, svg } from "/observer/elements.js";
import { get } from "/observer/api.js";

const WIDE = 300;
const HIGH = 60;
const HOUR = 3600_000; // ms

const perSecond = (key) => (sample, period) => (sample[key] / period) * 1000;
const CHARTS = [
  ["Published per second", perSecond("published"), rate],
  ["Delivered per second", perSecond("delivered"), rate],
  ["Sent per second", perSecond("bytes_sent"), (n) => bytes(Math.round(n))],
  ["Sessions", (sample) => sample.sessions, count],
  ["Channels", (sample) => sample.channels, count],
  ["Errors", (sample) => sample.errors, count],
];

export async function drawCharts() {
  const { period, samples } = await get("/api/load");
  $("charts").replaceChildren(...CHARTS.map(([title, valueOf, words]) => chart(title, samples, (sample) => valueOf(sample, period), words)));
  $("charts-none").hidden = samples.length > 1;
}

function chart(title, samples, valueOf, words) {
  const values = samples.map(valueOf);
  const most = Math.max(...values, 0);
  const end = samples.at(-1)?.at ?? 0;
  const x = ({ at }) => WIDE - ((end - at) / HOUR) * WIDE;
  const y = (value) => HIGH - (most > 0 ? (value / most) * (HIGH - 2) : 0) - 1;
  const points = samples.map((sample, i) => `${x(sample).toFixed(1)},${y(values[i]).toFixed(1)}`).join(" ");
  const now = values.at(-1) ?? 0;
  const said = `${title}: ${words(now)} now, at most ${words(most)} since ${samples.length > 0 ? clock(samples[0].at) : "now"}`;
  return el("figure", {},
    el("figcaption", {}, el("span", {}, title), el("b", {}, words(now)), el("span", { class: "soft" }, `max ${words(most)}`)),
    svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", role: "img", "aria-label": said },
      svg("polyline", { points, fill: "none", "vector-effect": "non-scaling-stroke" })));
}

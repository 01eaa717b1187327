// This machine's figures over Server-Sent Events. The channel is examples/dashboard/metrics.hpp.
import { connect } from "/troupe.js";
import { $, el, showConnection, bytes, clockSeconds } from "/shared/page.js";
import { Chart } from "./chart.js";

const percent = (value) => `${Math.round(value)} %`;
const rate = (value) => `${bytes(value)}/s`;

const charts = {
  cpu: new Chart($("cpu-chart"), $("cpu-legend"), { top: 100, label: percent, series: [{ name: "all", colour: "--c0", fill: true }] }),
  memory: new Chart($("memory-chart"), $("memory-legend"), { top: 100, label: percent, series: [{ name: "used", colour: "--c1", fill: true }] }),
  network: new Chart($("network-chart"), $("network-legend"), {
    label: bytes,
    base: 1024,
    series: [{ name: "in", colour: "--c2", fill: true }, { name: "out", colour: "--c3" }, { name: "loopback", colour: "--c7" }],
  }),
};

// -- the stream ---------------------------------------------------------------

function onRecent({ samples, raised }) {
  for (const sample of samples) if (isNew(sample)) plot(sample);
  if (samples.length > 0) show(samples.at(-1));
  for (const name of raised) showAlert({ name, state: "raised" });
  draw();
}

let count = 0;
function onSample(sample) {
  if (!isNew(sample)) return;
  plot(sample);
  show(sample);
  draw();
  $("count").textContent = ++count;
}

// -- showing ------------------------------------------------------------------

let latest = 0;

/** After a reconnect `recent` tells again what we have. */
function isNew({ time }) {
  if (time <= latest) return false;
  latest = time;
  return true;
}

function plot(sample) {
  charts.cpu.add([sample.cpu]);
  charts.memory.add([(100 * sample.memory_used) / (sample.memory_total || 1)]);
  charts.network.add([sample.received, sample.sent, sample.loopback]);
}

function draw() {
  for (const chart of Object.values(charts)) chart.draw();
}

function show(sample) {
  $("cpu").textContent = percent(sample.cpu);
  $("load").textContent = `load ${sample.load.toFixed(2)} over a minute`;
  $("memory").textContent = bytes(sample.memory_used);
  $("memory-total").textContent = `of ${bytes(sample.memory_total)}`;
  $("received").textContent = rate(sample.received);
  $("sent").textContent = `sent ${rate(sample.sent)}`;
  $("loopback").textContent = rate(sample.loopback);
  showCores(sample.cores);
}

function showCores(cores) {
  const list = $("cores");
  while (list.children.length > cores.length) list.lastChild.remove();
  cores.forEach((value, i) => {
    const core = list.children[i] ?? list.appendChild(newCore(i));
    core.querySelector("meter").value = value;
    core.querySelector(".value").textContent = percent(value);
  });
}

function newCore(i) {
  const meter = el("meter", { min: 0, max: 100, low: 80, high: 100, optimum: 0, "aria-label": `processor ${i}` });
  return el("div", { class: "core" }, el("div", {}, el("span", {}, `#${i}`), el("span", { class: "value" })), meter);
}

function showAlert({ name, state, value, limit, time }) {
  const what = name === "cpu" ? "Processor load" : "Memory use";
  const figures = value === undefined ? "" : `: ${percent(value)}, threshold ${percent(limit)}, ${clockSeconds(time)}`;
  const words = state === "raised" ? "too high" : "back to normal";
  document.querySelector(`[data-alert="${CSS.escape(name)}"]`)?.remove();
  const box = el("p", { class: `alert arrive ${state}`, "data-alert": name }, `${what} is ${words}${figures}`);
  $("alerts").append(box);
  if (state === "cleared") setTimeout(() => box.remove(), 10000);
}

const client = connect({ transports: ["sse", "poll"] });
showConnection(client);
client.subscribe("metrics").on("recent", onRecent).on("sample", onSample).on("alert", showAlert);

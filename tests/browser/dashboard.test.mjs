import assert from "node:assert/strict";
import { live, scene, shows } from "./house/scene.mjs";

scene("the dashboard moves", async ({ open }) => {
  const page = await open("/dashboard/");
  await live(page);
  await page.waitForFunction(() => Number(document.querySelector("#count").textContent) >= 2);
  await shows(page, "#cpu", "%");
  await shows(page, "#memory-total", "of ");
  assert.ok((await page.locator("#cores .core").count()) >= 1);

  const figures = () => page.locator("#cpu, #memory, #received, #loopback, #sent").allTextContents();
  const before = (await figures()).join();
  await page.waitForFunction((then) => [...document.querySelectorAll("#cpu, #memory, #received, #loopback, #sent")].map((node) => node.textContent).join() !== then, before);
});

scene("its charts are drawn", async ({ open }) => {
  const page = await open("/dashboard/");
  await page.waitForFunction(() => Number(document.querySelector("#count").textContent) >= 3);
  const drawn = (id) => {
    const canvas = document.getElementById(id);
    const wanted = getComputedStyle(canvas).getPropertyValue(id === "cpu-chart" ? "--c0" : "--c1");
    const [r, g, b] = wanted.match(/[0-9a-f]{2}/gi).map((part) => parseInt(part, 16));
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 200 && Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 24) return true;
    return false;
  };
  for (const chart of ["cpu-chart", "memory-chart"]) await page.waitForFunction(drawn, chart);
});

scene("who comes later sees the minutes before", async ({ open }) => {
  const first = await open("/dashboard/");
  await first.waitForFunction(() => Number(document.querySelector("#count").textContent) >= 2);
  const later = await open("/dashboard/");
  await later.waitForFunction(() => document.querySelector("#cpu").textContent.includes("%"));
  await later.waitForFunction(() => Number(document.querySelector("#count").textContent) >= 1);
  await live(later);
});

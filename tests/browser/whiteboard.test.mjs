import assert from "node:assert/strict";
import { live, scene } from "./house/scene.mjs";

scene("a line drawn in one page appears in the other, and in one that comes later", async ({ open }) => {
  const ann = await open("/whiteboard/");
  const bob = await open("/whiteboard/");
  for (const page of [ann, bob]) await live(page);

  await draw(ann, [[0.2, 0.3], [0.5, 0.6], [0.8, 0.3]]);
  const ink = await inked(ann);
  assert.ok(ink.length > 50, `only ${ink.length} places have ink`);
  await hasInk(bob, ink);

  const carol = await open("/whiteboard/");
  await hasInk(carol, ink);
});

scene("colours and widths travel", async ({ open }) => {
  const ann = await open("/whiteboard/");
  const bob = await open("/whiteboard/");
  for (const page of [ann, bob]) await live(page);
  await ann.click('.swatch[aria-label="blue"]');
  await ann.fill("#width", "18");
  await draw(ann, [[0.3, 0.5], [0.7, 0.5]]);
  await hasInk(bob, await inked(ann));
  const [r, g, b] = await bob.evaluate(() => {
    const canvas = document.querySelector("#strokes");
    return [...canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data];
  });
  assert.ok(b > r && b > g, `not blue: ${r} ${g} ${b}`);
});

scene("clear empties every board", async ({ open }) => {
  const ann = await open("/whiteboard/");
  const bob = await open("/whiteboard/");
  for (const page of [ann, bob]) await live(page);
  await draw(ann, [[0.2, 0.2], [0.8, 0.8]]);
  await hasInk(bob, await inked(ann));
  await bob.click("#clear");
  for (const page of [ann, bob]) await page.waitForFunction(noInk);
});

scene("another's pointer is seen where it is", async ({ open }) => {
  const ann = await open("/whiteboard/");
  const bob = await open("/whiteboard/");
  for (const page of [ann, bob]) await live(page);
  const box = await ann.locator("#board").boundingBox();
  await ann.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await bob.waitForFunction(() => {
    const canvas = document.querySelector("#cursors");
    const { data } = canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 14, 14);
    return data.some((value, i) => i % 4 === 3 && value > 128);
  });
});

scene("a phone and a desk draw on the same board", async ({ open }) => {
  const desk = await open("/whiteboard/");
  const phone = await open("/whiteboard/", { size: { width: 390, height: 844 } });
  for (const page of [desk, phone]) await live(page);
  await draw(phone, [[0.1, 0.1], [0.9, 0.9]]);
  await hasInk(desk, await inked(phone));
});

// -- the pen and the eye ------------------------------------------------------

/** Draws with the mouse through places given as parts of the board. */
async function draw(page, places) {
  const box = await page.locator("#board").boundingBox();
  const at = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...at(places[0]));
  await page.mouse.down();
  for (const place of places.slice(1)) await page.mouse.move(...at(place), { steps: 12 });
  await page.mouse.up();
}

/** Where a board has ink: cells of a raster of 64 by 64, so that boards of any size compare. */
const rasterOf = () => {
  const canvas = document.querySelector("#strokes");
  const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const cells = new Set();
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (data[(y * width + x) * 4 + 3] > 128) cells.add(`${Math.floor((64 * x) / width)}:${Math.floor((64 * y) / height)}`);
  return [...cells];
};
const noInk = () => {
  const canvas = document.querySelector("#strokes");
  return !canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0);
};
const inked = (page) => page.evaluate(rasterOf);

/** Until this page has ink in all but a few of the places: an edge may fall on either side of a raster's line. */
async function hasInk(page, places) {
  await page.waitForFunction(
    ([source, wanted]) => {
      const have = new Set(new Function(`return (${source})()`)());
      return wanted.filter((cell) => !have.has(cell)).length <= wanted.length / 5;
    },
    [rasterOf.toString(), places],
  );
}

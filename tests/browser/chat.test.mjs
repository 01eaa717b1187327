import assert from "node:assert/strict";
import { enterRoom, say } from "./house/chat.mjs";
import { layLine } from "./house/line.mjs";
import { NO_LINE, scene, shows } from "./house/scene.mjs";

for (const theme of ["light", "dark"])
  scene(`two people talk, see who is here and who is typing (${theme})`, async ({ open }) => {
    const ada = await enterRoom(open, "Ada", { theme });
    const bob = await enterRoom(open, "Bob", { theme });
    for (const page of [ada, bob]) {
      await shows(page, "#count", "2");
      assert.deepEqual((await page.locator("#people li span:nth-child(2)").allTextContents()).sort(), ["Ada", "Bob"]);
    }
    await shows(ada, ".event", "Bob came in");

    await bob.locator("#text").pressSequentially("is this");
    await shows(ada, "#typing", "Bob is typing");
    assert.equal(await bob.locator("#typing").textContent(), "");
    await bob.locator("#text").pressSequentially(" on?");
    await bob.press("#text", "Enter");
    await shows(ada, ".message .said", "is this on?");
    await ada.waitForFunction(() => document.querySelector("#typing").textContent === "");

    await say(ada, "loud and clear");
    await shows(bob, ".message .said", "loud and clear");
    for (const page of [ada, bob]) {
      assert.deepEqual(await page.locator(".message .said").allTextContents(), ["is this on?", "loud and clear"]);
      assert.equal(await page.locator(".message.mine").count(), 1);
      assert.equal(await page.locator(".message.pending, .message.lost").count(), 0);
    }

    await bob.click("#leave");
    await shows(ada, ".event", "Bob left");
    await shows(ada, "#count", "1");
  });

scene("who comes later reads what was said before", async ({ open }) => {
  const ada = await enterRoom(open, "Ada");
  for (const words of ["first", "second", "<b>third</b>"]) await say(ada, words);
  await ada.waitForFunction(() => document.querySelectorAll(".message:not(.pending)").length === 3);

  const bob = await enterRoom(open, "Bob");
  await shows(bob, ".said", "<b>third</b>");
  assert.deepEqual(await bob.locator(".said").allTextContents(), ["first", "second", "<b>third</b>"]);
});

scene("a topic that one sets is everybody's", async ({ open }) => {
  const ada = await enterRoom(open, "Ada");
  const bob = await enterRoom(open, "Bob");
  ada.once("dialog", (dialog) => dialog.accept("Scones"));
  await ada.click("#topic");
  for (const page of [ada, bob]) await shows(page, "#topic", "Scones");
});

scene("a page that is loaded again is back in its room, in its old place: nobody is there twice", async ({ open }) => {
  const ada = await enterRoom(open, "Ada", { room: "garden" });
  const bob = await enterRoom(open, "Bob", { room: "garden" });
  await bob.reload();
  await bob.waitForSelector("#inside:not([hidden])");
  await shows(bob, "#room-name", "# garden");
  await say(bob, "here again");
  await shows(ada, ".said", "here again");
  for (const page of [ada, bob]) await shows(page, "#count", "2");
  assert.deepEqual((await ada.locator("#people li span:nth-child(2)").allTextContents()).sort(), ["Ada", "Bob"]);
});

scene("who has left stays at the door over a reload, with the room in the address", async ({ open }) => {
  const ada = await enterRoom(open, "Ada", { room: "garden" });
  await ada.click("#leave");
  await ada.reload();
  await ada.waitForSelector("#door:not([hidden])");
  assert.equal(await ada.inputValue("#room"), "garden");
  assert.equal(new URL(ada.url()).search, "?room=garden");
});

scene("two tabs of one browser are two people", async ({ open }) => {
  const ada = await enterRoom(open, "Ada");
  const [twin] = await Promise.all([ada.context().waitForEvent("page"), ada.evaluate(() => void open("/chat/?name=Eve&room=tea"))]);
  await twin.waitForLoadState();
  await twin.click("#enter button");
  await twin.waitForSelector("#inside:not([hidden])");
  for (const page of [ada, twin]) await shows(page, "#count", "2");
  await say(ada, "still here");
  await shows(twin, ".said", "still here");
});

scene("a nickname that is too long for the room is refused at the door, in words", async ({ open }) => {
  const page = await open("/chat/");
  await page.evaluate(() => (document.querySelector("#name").maxLength = 100)); // as somebody else's page may have it
  await page.fill("#name", "茶".repeat(25));
  await page.click("#enter button");
  await shows(page, "#refused", "a nickname has 1 to 24 characters");
  assert.ok(await page.isVisible("#door"));
});

scene("what fits into a field is taken, in any script", async ({ open }) => {
  const name = "茶".repeat(24);
  const page = await enterRoom(open, name);
  await shows(page, "#people", name);
  await say(page, "見".repeat(1000));
  await page.waitForSelector(".message:not(.pending):not(.lost)");
  page.once("dialog", (dialog) => dialog.accept("題".repeat(1000)));
  await page.click("#topic");
  await shows(page, "#topic", "題".repeat(1000));
});

scene("what the room refuses is offered again, and says why", async ({ open }) => {
  const page = await enterRoom(open, "Ada");
  await page.evaluate(() => (document.querySelector("#text").maxLength = 2000));
  await say(page, "a".repeat(1001));
  await shows(page, ".message.lost button", "Not sent: a message has 1 to 1000 characters. Try again");
});

scene("words that a dead node did not take are said again from the keyboard", async (stage) => {
  const line = await layLine(stage.node);
  try {
    const ada = await enterRoom((path) => stage.open(`${line.url}${path}`), "Ada");
    line.mute();
    await say(ada, "on their way"); // they have left the page, and nobody knows where they are
    await stage.killAndStart(() => line.cut());
    line.unmute();
    line.mend();
    const bob = await enterRoom(stage.open, "Bob");
    await ada.waitForSelector(".message.lost button");
    await ada.focus("#text");
    await ada.keyboard.press("Shift+Tab");
    await ada.keyboard.press("Enter");
    await shows(bob, ".said", "on their way");
    await ada.waitForSelector(".message.mine:not(.pending):not(.lost)");
    for (const page of [ada, bob]) assert.deepEqual(await page.locator(".said").allTextContents(), ["on their way"]);
    assert.equal(await ada.locator(".message button").count(), 0);
  } finally {
    line.close();
  }
}, { mayComplain: NO_LINE });

scene("what is said at the same time stands in the same order on every page", async (stage) => {
  const line = await layLine(stage.node);
  try {
    const ada = await enterRoom((path) => stage.open(`${line.url}${path}`), "Ada");
    const bob = await enterRoom(stage.open, "Bob");
    line.mute();
    await say(ada, "first on her page");
    await say(bob, "first in the room");
    await shows(ada, ".said", "first in the room");
    assert.equal(await ada.locator(".message").last().getAttribute("class"), "message arrive mine pending");
    line.unmute();
    for (const page of [ada, bob]) {
      await shows(page, ".message:not(.pending) .said", "first on her page");
      assert.deepEqual(await page.locator(".said").allTextContents(), ["first in the room", "first on her page"]);
    }
  } finally {
    line.close();
  }
});

scene("a room that fails too often gives up; its people come in again by themselves", async ({ open, node }) => {
  const ada = await enterRoom(open, "Ada");
  const bob = await enterRoom(open, "Bob");
  await say(ada, "before");
  await shows(bob, ".said", "before");
  for (let i = 0; i < 6; i++) await node.api("kill", { channel: "room:tea" });

  for (const page of [ada, bob]) {
    await shows(page, ".event", "channel failed, coming back");
    await shows(page, ".event", "back again");
    await shows(page, "#count", "2");
  }
  await say(bob, "after");
  await shows(ada, ".said", "after");
  assert.equal(await ada.locator("#status").getAttribute("data-state"), "open");
});

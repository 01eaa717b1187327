// What people do in a chat room.

/** Opens the page, gives the name and waits until the room let them in. */
export async function enterRoom(open, name, { room = "tea", ...options } = {}) {
  const page = await open(`/chat/?name=${encodeURIComponent(name)}&room=${room}`, options);
  await page.click("#enter button");
  await page.waitForSelector("#inside:not([hidden])");
  return page;
}

export async function say(page, words) {
  await page.fill("#text", words);
  await page.press("#text", "Enter");
}

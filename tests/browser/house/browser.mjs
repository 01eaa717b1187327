// Debian's Chromium, one per test file, and pages in it that are watched: what they complain about, whom they ask.
const { chromium } = await import("playwright-core").catch(() => {
  throw new Error("the browser driver is missing: script/setup --tests installs it");
});

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 800 } };
const PATIENCE = 20_000; // ms that a condition may take on a busy machine

/** Every launch has a fresh profile, which goes with it. */
export function launch(...flags) {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: [...FLAGS, ...flags] });
}

/** A page as a visitor of its own: `complaints` is what it logged or threw, `strangers` which other hosts it asked. */
export async function openPage(browser, address, { theme = "light", size = SIZES.desk, context = null } = {}) {
  const visitor = context ?? (await browser.newContext({ viewport: size, colorScheme: theme, reducedMotion: "reduce", locale: "en-GB" }));
  const page = await visitor.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.complaints = [];
  page.strangers = [];
  const home = new URL(address).host;
  const asked = (where) => {
    const { protocol, host } = new URL(where);
    if (["http:", "https:", "ws:", "wss:"].includes(protocol) && host !== home) page.strangers.push(where);
  };
  page.on("console", (message) => message.type() === "error" && page.complaints.push(`${message.text()} ${message.location().url}`));
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  page.on("request", (request) => asked(request.url()));
  page.on("websocket", (socket) => asked(socket.url()));
  await page.goto(address);
  return page;
}

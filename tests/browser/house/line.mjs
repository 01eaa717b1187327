// The line between a browser and a node: a port that passes bytes on, that a test can cut and mend, that can keep from the
// node what the browser says, and that can refuse what begins with a request for one of `blocked`, as a proxy does that
// knows no WebSockets.
import { connect, createServer } from "node:net";

export async function layLine(node) {
  const line = new Line(node);
  await new Promise((resolve) => line.server.listen(0, "127.0.0.1", resolve));
  line.url = `http://127.0.0.1:${line.server.address().port}`;
  return line;
}

class Line {
  ends = new Set();
  pairs = new Set(); // of sockets: the browser's, ours to the node
  whole = true;
  muted = false;
  blocked = []; // paths

  constructor(node) {
    this.server = createServer((near) => this.#pass(near, node));
  }

  #pass(near, { port }) {
    if (!this.whole) return near.destroy();
    near.on("data", (bytes) => {
      if (this.blocked.some((path) => bytes.toString("latin1").match(/^GET ([^ ?]*)/)?.[1] === path)) near.destroy();
    });
    const far = connect(port, "127.0.0.1");
    const pair = [near, far];
    this.pairs.add(pair);
    for (const [one, other] of [pair, [far, near]]) {
      this.ends.add(one);
      one.on("error", () => {});
      one.on("close", () => (this.ends.delete(one), this.pairs.delete(pair), other.destroy()));
    }
    far.pipe(near);
    this.muted ? near.pause() : near.pipe(far);
  }

  /** The browser hears the node, and is not heard. */
  mute() {
    this.muted = true;
    for (const [near, far] of this.pairs) near.unpipe(far).pause();
  }

  /** What it said meanwhile arrives, where the connection still is. */
  unmute() {
    this.muted = false;
    for (const [near, far] of this.pairs) near.pipe(far);
  }

  /** Everything that was open breaks, and nothing new gets through. */
  cut() {
    this.whole = false;
    for (const end of this.ends) end.resetAndDestroy();
  }

  mend() {
    this.whole = true;
  }

  close() {
    this.cut();
    this.server.close();
  }
}

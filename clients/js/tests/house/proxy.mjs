// What stands between a client and a node: passes HTTP and WebSockets on, and does to them what the test says.
import { createServer, request } from "node:http";
import { connect } from "node:net";

export async function startProxy(node) {
  const proxy = new Proxy(node);
  await new Promise((resolve) => proxy.server.listen(0, "127.0.0.1", resolve));
  proxy.port = proxy.server.address().port;
  proxy.url = `http://127.0.0.1:${proxy.port}/`;
  return proxy;
}

class Proxy {
  #sockets = new Set();
  #whole = true;
  /** What happens to a path: "pass"; "refuse" (502); "silent": taken, never answered; "reset". */
  rules = {};
  asked = []; // paths, for tests that want to know what was tried
  files = {}; // path → [content type, bytes]: what the node does not serve

  constructor(node) {
    this.node = node;
    this.server = createServer((from, to) => this.#pass(from, to));
    this.server.on("upgrade", (from, socket, head) => this.#upgrade(from, socket, head));
    this.server.on("connection", (socket) => this.#watch(socket));
    this.server.on("connection", (socket) => this.#whole || socket.resetAndDestroy());
  }

  /** Everything that is open breaks, and nothing new gets through until `mend`. */
  cut() {
    this.#whole = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend() {
    this.#whole = true;
  }

  /** Everything that is open breaks once; what is opened from now on gets through. */
  snap() {
    for (const socket of this.#sockets) socket.destroy();
  }

  close() {
    this.cut();
    this.server.close();
  }

  #watch(socket) {
    if (this.#sockets.has(socket)) return; // kept alive for another request
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
  }

  #rule({ url }) {
    const { pathname } = new URL(url, this.url);
    this.asked.push(pathname);
    return this.rules[pathname] ?? "pass";
  }

  #pass(from, to) {
    const rule = this.#rule(from);
    const file = this.files[new URL(from.url, this.url).pathname];
    if (file) return to.writeHead(200, { "Content-Type": file[0] }).end(file[1]);
    if (rule === "silent") return;
    if (rule === "reset") return from.socket.resetAndDestroy();
    if (rule === "refuse") return to.writeHead(502, { "Content-Type": "text/html" }).end("<h1>Bad gateway</h1>");
    const { method, url: path, headers } = from;
    const onwards = request({ port: this.node.port, host: "127.0.0.1", method, path, headers }, (answer) => {
      to.writeHead(answer.statusCode, answer.headers);
      to.flushHeaders();
      answer.pipe(to);
      answer.on("error", () => to.destroy());
    });
    onwards.on("socket", (socket) => this.#watch(socket));
    onwards.on("error", () => to.destroy());
    to.on("close", () => onwards.destroy());
    from.pipe(onwards);
  }

  #upgrade(from, socket, head) {
    const rule = this.#rule(from);
    socket.on("error", () => {});
    if (rule === "silent") return;
    if (rule !== "pass") return socket.destroy();
    const far = connect(this.node.port, "127.0.0.1");
    this.#watch(far);
    const headers = from.rawHeaders.map((word, i) => (i % 2 ? `${word}\r\n` : `${word}: `)).join("");
    far.write(`${from.method} ${from.url} HTTP/1.1\r\n${headers}\r\n`);
    far.write(head);
    for (const [one, other] of [[far, socket], [socket, far]]) {
      one.pipe(other);
      one.on("close", () => other.destroy());
    }
  }
}

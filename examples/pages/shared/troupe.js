// A small client of troupe.v1 over WebSocket: it connects, comes back after a failure, and goes on where it was.
//
//   import { connect } from "/shared/troupe.js";
//   const troupe = connect({ onStatus: (state) => console.log(state) });
//   const room = troupe.subscribe("room:tea", { params: { name: "Ada" } });
//   room.on("message", (data, envelope) => console.log(envelope.from, data.text));
//   await room.call("say", { text: "hello" });
//
// Copy it, change it: there is no build step and nothing else to load. For msgpack, see msgpack.js.

const json = { protocol: "troupe.v1.json", encode: JSON.stringify, decode: JSON.parse };

// Close codes after which coming back would only fail again: broken protocol, too large, replaced, kicked, refused.
const FINAL_CODES = new Set([1002, 1003, 1007, 1009, 4000, 4003, 4004]);
const FIRST_DELAY = 500;
const LONGEST_DELAY = 15000;

export function connect(options) {
  return new Client(options);
}

class Client {
  constructor({ url, codec = json, onStatus = () => {} } = {}) {
    this.url = url ?? `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`;
    this.codec = codec;
    this.onStatus = onStatus;
    this.channels = new Map();
    this.pending = new Map(); // id → { resolve, reject }
    this.nextId = 1;
    this.failures = 0;
    addEventListener("online", () => this.#comeBackNow());
    this.#open();
  }

  // -- what a page uses -------------------------------------------------------

  /** `resume: false`: after a failure join anew instead of asking for what was missed. */
  subscribe(name, { params = null, resume = true } = {}) {
    const channel = new Channel(this, name, { params, resume });
    this.channels.set(name, channel);
    if (this.session) channel.join();
    return channel;
  }

  /** Sends a command and resolves with the data of its reply; rejects with { code, message }. */
  request(command) {
    if (!this.session) return Promise.reject({ code: "disconnected", message: "not connected" });
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.send({ ...command, id });
    });
  }

  /** Sends a command without asking for an answer. */
  send(command) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(this.codec.encode(command));
  }

  /** The round trip to the node, in milliseconds. */
  async ping() {
    const start = performance.now();
    await this.request({ action: "ping" });
    return performance.now() - start;
  }

  close() {
    this.over = true;
    clearTimeout(this.timer);
    this.socket?.close(1000);
  }

  // -- the connection ---------------------------------------------------------

  #open() {
    clearTimeout(this.timer);
    this.#status("connecting");
    const socket = new WebSocket(this.url, this.codec.protocol);
    socket.binaryType = "arraybuffer";
    socket.onmessage = (event) => socket === this.socket && this.#heard(this.codec.decode(event.data));
    socket.onclose = (event) => socket === this.socket && this.#lost(event.code);
    this.socket = socket;
  }

  #lost(code) {
    this.socket = null;
    this.session = null;
    clearInterval(this.heart);
    for (const { reject } of this.pending.values()) reject({ code: "disconnected", message: "connection lost" });
    this.pending.clear();
    if (this.over || FINAL_CODES.has(code)) return this.#status("closed", code);

    const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.failures++);
    const jittered = delay * (0.5 + Math.random() / 2); // so that not everybody comes back at once
    this.timer = setTimeout(() => this.#open(), Math.max(jittered, this.retryAfter ?? 0));
    this.retryAfter = null;
    this.#status("waiting", code);
  }

  #comeBackNow() {
    if (!this.over && !this.socket) this.#open();
  }

  #status(state, code) {
    this.state = state;
    this.onStatus(state, code);
  }

  // A browser answers the node's pings by itself but tells nobody when they stay out, so we ask in turn.
  #beat(period) {
    this.heart = setInterval(() => {
      if (Date.now() - this.heardAt < 2 * period) return this.send({ action: "ping", id: 0 });
      this.socket.close();
      this.#lost(1006); // a dead network would keep `close` waiting
    }, period);
  }

  // -- what the node says -----------------------------------------------------

  #heard(message) {
    this.heardAt = Date.now();
    const channel = this.channels.get(message.channel);
    switch (message.type) {
      case "welcome":
        this.session = message.session;
        this.failures = 0;
        this.#beat(message.heartbeat || 25000);
        this.#status("open");
        for (const each of this.channels.values()) each.join();
        break;
      case "subscribed":
      case "reply":
        this.#settle(message.id, "resolve", message.type === "reply" ? message.data : message);
        break;
      case "error":
        this.#settle(message.id, "reject", message);
        break;
      case "broadcast":
      case "push":
        channel?.heard(message);
        break;
      case "gap":
        channel?.missed(message);
        break;
      case "unsubscribed":
        channel?.ended(message);
        this.#settle(message.id, "resolve", message);
        break;
      case "closing":
        this.retryAfter = message.retry_after;
        break;
    }
  }

  #settle(id, how, value) {
    this.pending.get(id)?.[how](value);
    this.pending.delete(id);
  }
}

class Channel {
  constructor(client, name, { params, resume }) {
    Object.assign(this, { client, name, params, resume });
    this.handlers = new Map();
    this.position = null; // { epoch, offset } of the last publication we had
  }

  /**
   * Listens to an event. Besides the channel's own there are
   *   $subscribed (data, { recovered, first })  $gap (missed)  $refused (error)  $unsubscribed (reason)
   */
  on(event, handler) {
    this.handlers.set(event, handler);
    return this;
  }

  call(event, data = null) {
    return this.client.request({ action: "call", channel: this.name, event, data });
  }

  /** Like call, but nobody answers: for many small messages. */
  tell(event, data = null) {
    this.client.send({ action: "call", channel: this.name, event, data });
  }

  publish(event, data = null, { echo = true, ephemeral = false } = {}) {
    this.client.send({ action: "publish", channel: this.name, event, data, echo, ephemeral });
  }

  leave() {
    this.client.channels.delete(this.name);
    this.client.send({ action: "unsubscribe", channel: this.name });
  }

  /** Leaves and joins anew, for channels that tell newcomers everything. */
  rejoin() {
    this.position = null;
    this.client.send({ action: "unsubscribe", channel: this.name });
    return this.join();
  }

  // -- used by the client -----------------------------------------------------

  async join() {
    const first = !this.position;
    const since = first || !this.resume ? undefined : this.position;
    try {
      const answer = await this.client.request({ action: "subscribe", channel: this.name, params: this.params, since });
      this.#joined(answer, first);
    } catch (error) {
      if (error.code !== "disconnected") this.#emit("$refused", error);
    }
  }

  #joined({ epoch, offset, recovered, data }, first) {
    this.position = { epoch, offset }; // what follows comes after it
    this.#emit("$subscribed", data, { recovered: recovered === true, first });
  }

  heard(message) {
    if (message.offset && this.position) this.position.offset = message.offset;
    this.#emit(message.event ?? "", message.data, message);
  }

  missed({ epoch, offset, missed }) {
    this.position = { epoch, offset };
    this.#emit("$gap", missed);
  }

  ended({ reason }) {
    this.#emit("$unsubscribed", reason);
  }

  #emit(event, ...values) {
    this.handlers.get(event)?.(...values);
  }
}

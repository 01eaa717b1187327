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

// Close codes after which coming back would only fail again: over, broken protocol, too large, kicked.
const FINAL_CODES = new Set([1000, 1002, 1003, 1007, 1008, 1009, 4003]);
// Why a join may fail today and succeed in a moment, and why a membership may end that can be had again.
const PASSING_ERRORS = new Set(["busy", "timeout", "unavailable", "internal"]);
const PASSING_ENDS = new Set(["channel failed", "node lost", "drained"]);

const FIRST_DELAY = 500;
const LONGEST_DELAY = 15000;
const CALM = 10000; // what worked this long starts again with the first delay
const ANSWER_LIMIT = 10000;

export function connect(options) {
  return new Client(options);
}

class Client {
  /** `onError`: what the node says to a `tell` or `publish` that it refused; nobody else waits for that. */
  constructor({ url, codec = json, onStatus = () => {}, onError = warn } = {}) {
    this.url = url ?? `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`;
    this.codec = codec;
    this.onStatus = onStatus;
    this.onError = onError;
    this.channels = new Map();
    this.pending = new Map(); // id → { resolve, reject }
    this.nextId = 1;
    this.pauses = new Pauses();
    this.onOnline = () => (this.socket ? this.session && this.#check() : this.#open());
    addEventListener("online", this.onOnline);
    this.#open();
  }

  // -- what a page uses -------------------------------------------------------

  /** `resume: false`: after a failure join anew instead of asking for what was missed. */
  subscribe(name, { params = null, resume = true } = {}) {
    if (this.channels.has(name)) return this.channels.get(name);
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

  /** Sends a command without asking for an answer; false: there is no connection, and nothing was sent. */
  send(command) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(this.codec.encode(command));
    return true;
  }

  /** The round trip to the node, in milliseconds. */
  async ping() {
    const start = performance.now();
    await this.request({ action: "ping" });
    return performance.now() - start;
  }

  /** Ends it for good; nothing is heard or said from here on. */
  close() {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.timer);
    removeEventListener("online", this.onOnline);
    this.socket?.close(1000);
    this.#lost(1000);
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
    clearTimeout(this.deadline);
    for (const channel of this.channels.values()) channel.cutOff();
    for (const { reject } of this.pending.values()) reject({ code: "disconnected", message: "connection lost" });
    this.pending.clear();
    if (this.over || FINAL_CODES.has(code)) return this.#status("closed", code);

    this.timer = setTimeout(() => this.#open(), Math.max(this.pauses.next(), this.retryAfter ?? 0));
    this.retryAfter = null;
    this.#status("waiting", code);
  }

  #status(state, code) {
    this.state = state;
    this.onStatus(state, code);
  }

  // A browser answers the node's pings by itself but tells nobody when they stay out, so we ask in turn. A page in the
  // background has slow timers: what counts is whether an answer came since we asked, not how long ago that was.
  #check() {
    const asked = Date.now();
    this.send({ action: "ping", id: 0 });
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => {
      if (this.heardAt >= asked) return;
      this.socket.close();
      this.#lost(1006); // a dead network would keep `close` waiting
    }, ANSWER_LIMIT);
  }

  // -- what the node says -----------------------------------------------------

  #heard(message) {
    this.heardAt = Date.now();
    const channel = this.channels.get(message.channel);
    switch (message.type) {
      case "welcome":
        this.session = message.session;
        this.pauses.works();
        this.heart = setInterval(() => this.#check(), message.heartbeat || 25000);
        this.#status("open");
        for (const each of this.channels.values()) each.join();
        break;
      case "subscribed":
      case "reply":
        this.#settle(message.id, "resolve", message.type === "reply" ? message.data : message);
        break;
      case "error":
        if (!this.#settle(message.id, "reject", message)) this.onError(message);
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
    return this.pending.delete(id);
  }
}

function warn({ code, message }) {
  console.warn(`troupe: ${code}: ${message}`);
}

/** Growing pauses between attempts, each shortened by chance, so that not everybody comes back at once. */
class Pauses {
  failures = 0;
  since = Infinity;

  works() {
    this.since = Date.now();
  }

  next() {
    if (Date.now() - this.since > CALM) this.failures = 0;
    this.since = Infinity;
    const longest = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.failures++);
    return longest * (0.5 + Math.random() / 2);
  }
}

class Channel {
  constructor(client, name, { params, resume }) {
    Object.assign(this, { client, name, params, resume });
    this.handlers = new Map();
    this.position = null; // { epoch, offset } of the last publication we had
    this.pauses = new Pauses();
  }

  /**
   * Listens to an event. Besides the channel's own there are
   *   $subscribed (data, { recovered, first })   in, or in again; not `recovered`: something may be missing
   *   $gap (missed)                              so many publications were missed; null: nobody knows how many
   *   $refused (error)                           not let in, and not tried again
   *   $unsubscribed (reason, { again })          out; `again`: it comes back by itself
   */
  on(event, handler) {
    this.handlers.set(event, handler);
    return this;
  }

  call(event, data = null) {
    return this.client.request({ action: "call", channel: this.name, event, data });
  }

  /** Like call, but nobody answers: for many small messages. False: not sent. */
  tell(event, data = null) {
    return this.client.send({ action: "call", channel: this.name, event, data });
  }

  /** False: not sent. */
  publish(event, data = null, { echo = true, ephemeral = false } = {}) {
    return this.client.send({ action: "publish", channel: this.name, event, data, echo, ephemeral });
  }

  leave() {
    this.#forget();
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
      if (this.#isOurs()) this.#joined(answer, first);
    } catch (error) {
      if (this.#isOurs()) this.#notJoined(error);
    }
  }

  #joined({ epoch, offset, recovered, data }, first) {
    this.pauses.works();
    this.position = { epoch, offset }; // what follows comes after it
    this.#emit("$subscribed", data, { recovered: recovered === true, first });
  }

  #notJoined(error) {
    if (error.code === "disconnected") return; // whoever connects again joins again
    if (PASSING_ERRORS.has(error.code)) return this.#joinLater(error.retry_after);
    this.#forget();
    this.#emit("$refused", error);
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
    if (reason === "left") return; // we asked for it
    const again = PASSING_ENDS.has(reason);
    if (again) this.#joinLater();
    else this.#forget();
    this.#emit("$unsubscribed", reason, { again });
  }

  cutOff() {
    clearTimeout(this.timer);
  }

  #joinLater(atLeast = 0) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.join(), Math.max(this.pauses.next(), atLeast));
  }

  #forget() {
    clearTimeout(this.timer);
    if (this.#isOurs()) this.client.channels.delete(this.name);
  }

  /** Not after `leave`, nor after another took the name. */
  #isOurs() {
    return this.client.channels.get(this.name) === this;
  }

  #emit(event, ...values) {
    this.handlers.get(event)?.(...values);
  }
}

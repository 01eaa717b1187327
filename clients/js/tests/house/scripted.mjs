// A client whose transports are played by the test: what it opens and sends is seen, what the node says is made up.
import { Client } from "../../build/client.js";
import { json } from "../../build/codec.js";
import { FakeClock, settled } from "./clock.mjs";

/** One connection, with the test at its other end. */
class Line {
  sent = [];
  waits = 0;
  open = true;

  constructor(transport, opening, sink) {
    Object.assign(this, { transport, opening, sink });
    if (opening.resume) this.sent.push(opening.resume);
  }

  // -- as the client sees it --------------------------------------------------

  send(command) {
    if (!this.open) throw new Error("sent into a closed connection");
    this.sent.push(JSON.parse(JSON.stringify(command)));
  }

  waiting() {
    return this.waits;
  }

  close(goodbye) {
    this.open = false;
    this.goodbye = goodbye;
  }

  // -- as the node -------------------------------------------------------------

  async say(...messages) {
    for (const message of messages) {
      this.sink.alive();
      this.sink.message(message);
    }
    await settled();
  }

  welcome(more = {}) {
    return this.say({ type: "welcome", session: "s1", token: "t1", heartbeat: 25_000, resume: 60_000, ...more });
  }

  async end(ending = { code: 1006, reason: "cut" }) {
    this.sink.closed(ending);
    await settled();
  }

  /** The last command of this kind; its answer goes to its id. */
  last(action, channel) {
    const found = this.sent.filter((each) => each.action === action && (!channel || each.channel === channel)).at(-1);
    if (!found) throw new Error(`no ${action} was sent, but ${JSON.stringify(this.sent)}`);
    return found;
  }

  count(action) {
    return this.sent.filter((each) => each.action === action).length;
  }

  joined(channel, answer = {}) {
    const { id } = this.last("subscribe", channel);
    return this.say({ type: "subscribed", id, channel, epoch: "e1", offset: 0, data: null, ...answer });
  }

  reply(action, data = null) {
    return this.say({ type: "reply", id: this.last(action).id, data });
  }

  refuse(action, code, more = {}) {
    return this.say({ type: "error", id: this.last(action).id, code, message: `${code} it is`, ...more });
  }

  broadcast(channel, offset, data = offset) {
    return this.say({ type: "broadcast", channel, event: "said", data, offset, timestamp: 0, from: "s9" });
  }
}

export async function scripted({ names = ["websocket", "sse", "poll"], chance = 0.5, ...settings } = {}) {
  const clock = new FakeClock(chance);
  const lines = [];
  const transport = (name) => ({
    name,
    pulse: (heartbeat = 25_000) => ({ quiet: name === "poll" ? 35_000 : name === "sse" ? 20_000 : heartbeat, asks: name === "websocket" }),
    open(opening, sink) {
      const line = new Line(name, opening, sink);
      lines.push(line);
      return line;
    },
  });
  const client = new Client({
    base: new URL("http://node.test/"),
    clock,
    codec: json,
    transports: names.map(transport),
    queueLimit: 256,
    callTimeout: 10_000,
    connectTimeout: 8_000,
    ...settings,
  });
  const states = [];
  client.on("state", ({ state }) => states.push(state));
  client.on("error", () => {});
  await settled();
  return {
    client,
    clock,
    lines,
    states,
    /** The newest connection. */
    get line() {
      return lines.at(-1);
    },
    /** Commands of this kind, over all connections. */
    total: (action) => lines.reduce((sum, line) => sum + line.count(action), 0),
    /** Lets the pause go by, until there is another connection. */
    async comeBack() {
      const before = lines.length;
      for (let i = 0; lines.length === before && i < 100; i++) await clock.advance(500);
      return lines.at(-1);
    },
  };
}

/** In `room` at offset 0, over a WebSocket. */
export async function inRoom(settings, wishes) {
  const s = await scripted(settings);
  s.room = s.client.subscribe("room", wishes);
  s.heard = heardBy(s.room);
  await s.line.welcome();
  await s.line.joined("room");
  s.said = () => s.heard.filter(([event]) => event === "said").map(([, data]) => data);
  /** The line is cut, and another one is there. */
  s.cut = async () => {
    await s.line.end();
    return s.comeBack();
  };
  return s;
}

/** Everything that a channel tells, as [event, data]. */
export function heardBy(channel, ...events) {
  const heard = [];
  for (const event of ["said", "message", "$subscribed", "$gap", "$refused", "$unsubscribed", ...events])
    channel.on(event, (...values) => heard.push([event, ...values.slice(0, event === "$subscribed" || event === "$unsubscribed" ? 2 : 1)]));
  return heard;
}

/** A promise that may be rejected before the test looks at it. */
export function quiet(promise) {
  promise.catch(() => {});
  return promise;
}

/** How a promise ended by now: its value, or its error's code; "open" if it did not. */
export async function outcome(promise) {
  let ended = "open";
  promise.then((value) => (ended = { value }), ({ code, sent }) => (ended = { code, sent }));
  await settled();
  return ended;
}

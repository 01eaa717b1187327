// A node as troupe.v1 describes it, small enough to be obviously right, behind wires that delay, cut and lose by chance.
// It knows what it published; a test compares that with what a client was told.

const LOG = 30; // publications a channel keeps

export class ModelNode {
  epoch = 1;
  channels = new Map(); // name → { offset, log, keys }
  sessions = new Map(); // token → session
  #serial = 0;

  constructor(clock, { resumes }) {
    Object.assign(this, { clock, resumes });
  }

  channel(name) {
    if (!this.channels.has(name)) this.channels.set(name, { offset: 0, log: [], keys: new Map() });
    return this.channels.get(name);
  }

  publish(name, data, key) {
    const channel = this.channel(name);
    if (key && channel.keys.has(key)) return channel.keys.get(key);
    const publication = { type: "broadcast", channel: name, event: "said", data, offset: ++channel.offset };
    channel.log.push(publication);
    channel.log = channel.log.slice(-LOG);
    for (const session of this.sessions.values()) if (session.in.has(name)) this.tell(session, publication);
    const answer = { epoch: this.epochName, offset: publication.offset };
    if (key) channel.keys.set(key, answer);
    return answer;
  }

  get epochName() {
    return `e${this.epoch}`;
  }

  /** Everything that only memory held is gone. */
  restart() {
    for (const session of this.sessions.values()) session.line?.cut();
    this.epoch++;
    this.channels.clear();
    this.sessions.clear();
  }

  open(line) {
    const session = { token: `t${++this.#serial}`, in: new Set(), journal: [], line };
    this.sessions.set(session.token, session);
    line.session = session;
    line.down({ type: "welcome", session: `s${this.#serial}`, token: session.token, heartbeat: 25_000 });
  }

  /** Says it, and remembers it until the window ends; but not an answer that goes a way of its own, as over HTTP. */
  tell(session, message) {
    if (!session.line?.overtaking || !isAnswer(message)) session.journal.push(message);
    session.line?.down(message);
  }

  hear(line, command) {
    const { session } = line;
    const { action, id, channel: name } = command;
    const answer = (message) => this.tell(line.session, { id, ...message });
    if (action === "resume") return this.#resume(line, command);
    if (action === "ping") return answer({ type: "reply", data: null });
    if (action === "unsubscribe") {
      session.in.delete(name);
      return answer({ type: "unsubscribed", channel: name, reason: "left" });
    }
    if (action === "subscribe") return this.#subscribe(session, command);
    if (!session.in.has(name)) return answer({ type: "error", code: "not_joined", message: name });
    if (action === "publish") {
      const data = this.publish(name, command.data, command.key && `${session.token} ${command.key}`);
      return answer({ type: "reply", data });
    }
    throw new Error(`the model knows no ${action}`);
  }

  #subscribe(session, { id, channel: name, since }) {
    const { offset, log } = this.channel(name);
    if (session.in.has(name)) return this.tell(session, { type: "error", id, code: "already_subscribed", message: name });
    session.in.add(name);
    const tail = log.length > 0 ? log[0].offset - 1 : offset;
    const recovered = since && since.epoch === this.epochName && since.offset >= tail && since.offset <= offset;
    const start = recovered ? since.offset : offset;
    this.tell(session, { type: "subscribed", id, channel: name, epoch: this.epochName, offset: start, recovered: since && !!recovered, data: null });
    for (const publication of log) if (publication.offset > start) this.tell(session, publication);
  }

  #resume(line, { id, token, received }) {
    const fresh = line.session;
    const kept = this.resumes && this.sessions.get(token);
    if (!kept) return this.tell(fresh, { type: "error", id, code: "expired", message: "gone" });
    this.sessions.delete(fresh.token);
    kept.line?.cut();
    line.session = kept;
    kept.line = line;
    line.down({ type: "resumed", id, session: "s", token, private: "kept" });
    for (const message of kept.journal.slice(received)) line.down(message);
  }
}

/** What a stream's session is told by POST; whether it was resumed, the stream itself says. */
const isAnswer = ({ id, type, code }) => id !== undefined && type !== "resumed" && code !== "expired";

/** A transport to the model. `overtaking`: answers come by another way than what channels say, as over HTTP. */
export function modelTransport(name, node, clock, { overtaking = false, blocked = () => false, latency = 40 } = {}) {
  return {
    name,
    pulse: () => ({ quiet: 25_000, asks: true }),
    open: (opening, sink) => new ModelLine(node, clock, opening, sink, { overtaking, blocked, latency }),
  };
}

class ModelLine {
  waits = 0;
  whole = true;
  #ends = { up: 0, down: 0, answers: 0 };

  constructor(node, clock, opening, sink, options) {
    Object.assign(this, { node, clock, sink, ...options });
    if (this.blocked()) return void clock.after(1, () => this.cut());
    this.#later("up", () => {
      node.open(this);
      if (opening.resume) node.hear(this, opening.resume);
    });
  }

  send(command) {
    const copy = JSON.parse(JSON.stringify(command));
    this.#later("up", () => this.node.hear(this, copy));
  }

  down(message) {
    const way = this.overtaking && isAnswer(message) ? "answers" : "down";
    this.#later(way, () => {
      this.sink.alive();
      if (way === "answers") this.sink.answer(message);
      else this.sink.message(message);
    });
  }

  waiting() {
    return this.waits;
  }

  close() {
    this.whole = false;
    if (this.session?.line === this) this.session.line = null;
  }

  /** Both ends see it, and what is under way is lost. */
  cut() {
    if (!this.whole) return;
    this.close();
    this.sink.closed({ reason: "cut", code: 1006 });
  }

  /** After a while, but not before what went the same way earlier. */
  #later(way, what) {
    const at = Math.max(this.#ends[way], this.clock.now() + this.clock.random() * this.latency);
    this.#ends[way] = at;
    this.clock.after(at - this.clock.now(), () => this.whole && what());
  }
}

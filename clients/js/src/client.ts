import { Channel, type CallOptions, type PublishOptions } from "./channel.js";
import type { Clock } from "./clock.js";
import type { Codec } from "./codec.js";
import { CommandQueue } from "./command_queue.js";
import { Connector, type Owner, type Status } from "./connector.js";
import { Emitter } from "./emitter.js";
import { TroupeError } from "./errors.js";
import { Membership, type Wishes } from "./membership.js";
import { watchPage } from "./page_events.js";
import type { Command, Position, ServerMessage } from "./protocol.js";
import type { Ending, Opening, Transport } from "./transports/transport.js";

/** What `connect` makes of its options. */
export interface Settings {
  base: URL;
  clock: Clock;
  codec: Codec;
  transports: Transport[];
  token?: string | (() => string | Promise<string>);
  carrier?: string;
  queueLimit: number;
  callTimeout: number;
  connectTimeout: number;
}

/** What the node knows us by, and how many of its messages we have had: all but `welcome` and `resumed`. */
interface Session {
  id: string | null;
  token: string;
  received: number;
}

const UNAUTHORISED = new Set(["unauthorised", "expired", "refused"]);
const REFUSED = new Set(["refused", "bad_channel", "not_found"]);
const VOLATILE_MAX = 1 << 20; // bytes that may wait for the network before what is volatile is refused

/**
 * One session with a node, over whatever connection there is. Ends with `close()`, or by itself where coming back would
 * only fail again. Its events:
 *
 *   state (status)         see Status
 *   error (error)          what the node says to a command that nobody waits for; without a listener, to the console
 *   resumed ({ private })  the session goes on; `lost`: what channels said to us alone may be missing
 */
export class Client extends Emitter {
  #settings: Settings;
  #connector: Connector;
  #queue: CommandQueue;
  #channels = new Map<string, { channel: Channel; membership: Membership }>();
  #session: Session | null = null;
  #fresh: Session | null = null; // of a connection that asks for the session before
  #resumed: Promise<ServerMessage> | null = null;
  #inAddress: Membership | null = null; // the connection was opened with it
  #leaving = new Set<string>(); // channels that were left while nobody could be told
  #greeted = false;
  #isUser = false; // the node knows our user
  #rejections = 0; // of our token, in a row
  #keys = 0;
  #keyPrefix: string;
  #turn = 0; // of connections
  #stopWatching: () => void;

  /** Use `connect`. @internal */
  constructor(settings: Settings) {
    super();
    this.#settings = settings;
    this.#keyPrefix = settings.clock.random().toString(36).slice(2) + settings.clock.now().toString(36);
    const { clock, transports, connectTimeout, queueLimit } = settings;
    const owner: Owner = {
      opening: (transport, probe) => this.#opening(transport, probe),
      greet: (welcome) => this.#greet(welcome),
      heard: (message) => this.#heard(message),
      lost: (ending) => this.#lost(ending),
      changed: (status) => this.#changed(status),
    };
    const connector = new Connector(clock, transports, connectTimeout, owner, () => this.ping().catch(() => {}));
    this.#connector = connector;
    this.#queue = new CommandQueue(clock, queueLimit, (command) => connector.send(command));
    this.#stopWatching = watchPage({
      woke: () => (connector.doubt(), connector.start()),
      online: () => connector.networkChanged(),
      offline: () => connector.doubt(),
      hidden: () => connector.suspend(),
      shown: () => connector.start(),
    });
    queueMicrotask(() => connector.start());
  }

  get status(): Status {
    return this.#connector.status;
  }

  /** Our public name, which others read in `from`; null where it is not known (before `open`, and when polling). */
  get session(): string | null {
    return this.#session?.id ?? null;
  }

  /** Joins a channel; the same again for a name that is joined. It joins again by itself after each loss. */
  subscribe(name: string, wishes: Wishes = {}): Channel {
    const known = this.#channels.get(name);
    if (known) return known.channel;
    let membership: Membership;
    const channel = new Channel(name, (it) => (membership = this.#membership(it, wishes)), (command, options) =>
      this.#request(command, options, () => membership.isIn || command.action === "answer"),
    );
    this.#channels.set(name, { channel, membership: membership! });
    if (this.status.state === "closed") membership!.end(new TroupeError("closed", this.status.reason));
    else if (this.#greeted) membership!.join();
    return channel;
  }

  /** Publishes where no membership is needed. */
  publish(channel: string, event: string | null, data: unknown = null, options: PublishOptions = {}): Promise<Position> {
    const { echo, ephemeral } = options;
    return this.#request({ action: "publish", channel, event: event ?? undefined, data, echo, ephemeral }, options);
  }

  /** The round trip to the node, in ms. */
  async ping(): Promise<number> {
    const start = this.#settings.clock.now();
    await this.#ask({ action: "ping" });
    return this.#settings.clock.now() - start;
  }

  /** Ends the session. What waits is rejected with `closed`. */
  close(reason = "closed"): void {
    if (this.status.state === "closed") return;
    for (const { channel } of this.#channels.values()) channel.leave();
    this.#connector.close(reason);
  }

  // -- commands ---------------------------------------------------------------

  async #request(command: Command, options: CallOptions, gate = () => true): Promise<any> {
    if (this.status.state === "closed") throw new TroupeError("closed", this.status.reason);
    if (options.volatile) return this.#sendNow(command, gate());
    const isCall = command.action === "call";
    const timeout = options.timeout ?? (isCall ? this.#settings.callTimeout : undefined);
    const whole = { ...command, key: this.#keyOf(command, options), timeout: isCall ? timeout : undefined };
    const answer = await this.#queue.submit(whole, { gate: () => this.#greeted && gate(), timeout });
    return answer.data;
  }

  #keyOf({ action, ephemeral }: Command, { key }: CallOptions): string | undefined {
    if (key === false || ephemeral || (action !== "call" && action !== "publish")) return undefined;
    return key ?? `${this.#keyPrefix}-${++this.#keys}`;
  }

  /** A promise that nobody looks at is no error here. */
  #sendNow(command: Command, mayGo: boolean): Promise<null> {
    const busy = this.#connector.waiting > VOLATILE_MAX;
    if (this.#greeted && mayGo && !busy && this.#connector.send(command)) return Promise.resolve(null);
    const refused = Promise.reject(new TroupeError(busy ? "busy" : "disconnected", "it could not be sent at once"));
    refused.catch(() => {});
    return refused;
  }

  /** Asks on this connection, and on no other. */
  #ask(command: Command): Promise<ServerMessage> {
    if (!this.#connector.isConnected) return Promise.reject(new TroupeError("disconnected", "not connected"));
    return this.#queue.submit(command, { gate: () => true, handshake: true });
  }

  // -- channels ---------------------------------------------------------------

  #membership(channel: Channel, wishes: Wishes): Membership {
    const { name } = channel;
    return new Membership(name, wishes, {
      clock: this.#settings.clock,
      ask: (command) => this.#ask(command),
      tell: (event, ...values) => channel.tell(event, ...values),
      entered: () => this.#queue.flush(),
      left: () => {
        if (this.#greeted) this.#ask({ action: "unsubscribe", channel: name }).catch(() => {});
        else this.#leaving.add(name);
      },
      ended: (error) => {
        this.#channels.delete(name);
        this.#queue.drop(error, name);
        channel.ended(error);
      },
    });
  }

  get #memberships(): Membership[] {
    return [...this.#channels.values()].map(({ membership }) => membership);
  }

  // -- a connection begins ----------------------------------------------------

  #opening(transport: Transport, probe: boolean): Opening {
    const { base, clock, codec, carrier } = this.#settings;
    const ours = transport.joinsByAddress && this.#memberships.find((m) => m.isPlain && (!carrier || m.name === carrier));
    const channel = ours ? { name: ours.name, since: ours.since } : transport.joinsByAddress && carrier ? { name: carrier } : null;
    if (probe) return { base, clock, codec, resume: null, channel };
    this.#inAddress = ours || null;
    this.#inAddress?.joinByAddress();
    const resume = this.#resume();
    return { base, clock, codec, resume, channel };
  }

  #resume(): Opening["resume"] {
    this.#resumed = null;
    if (!this.#session) return null;
    const { token, received } = this.#session;
    const positions = Object.fromEntries(this.#memberships.map(({ name, position }) => [name, position]).filter(([, at]) => at));
    const resume = { action: "resume", id: this.#queue.newId(), token, received, positions };
    this.#resumed = this.#queue.expect(resume);
    this.#resumed.catch(() => {});
    return resume;
  }

  /** Between `welcome` and the first command: go on with the session before, show who we are, join everything. */
  async #greet({ session = null, token }: ServerMessage): Promise<void> {
    const turn = ++this.#turn;
    this.#fresh = { id: session, token, received: 0 };
    const goesOn = this.#resumed !== null && (await this.#resumed.then(() => true, () => false));
    this.#mustBe(turn);
    if (!goesOn) this.#session = this.#fresh;
    this.#fresh = null;
    const isUser = await this.#authenticate(turn);
    this.#mustBe(turn);

    this.#greeted = true;
    if (goesOn) for (const channel of this.#leaving) this.#ask({ action: "unsubscribe", channel }).catch(() => {});
    this.#leaving.clear();
    for (const membership of this.#memberships) if (!membership.isIn && membership !== this.#inAddress) membership.join();
    this.#queue.renewed(goesOn || (isUser && this.#isUser));
    this.#isUser = isUser;
  }

  /** Called at once when `resumed` comes, since what was missed follows. */
  #goOn({ session, token, private: items }: ServerMessage): void {
    this.#fresh = null;
    this.#session = { ...this.#session!, id: session ?? this.#session!.id, token: token ?? this.#session!.token };
    for (const membership of this.#memberships) membership.goOn();
    this.emit("resumed", { private: items });
  }

  /** True: the node knows our user now. The token is asked for anew each time; one that is refused twice is no good. */
  async #authenticate(turn: number): Promise<boolean> {
    const { token } = this.#settings;
    if (token === undefined) return false;
    const value = typeof token === "function" ? await token() : token;
    this.#mustBe(turn);
    try {
      await this.#ask({ action: "authenticate", token: value });
    } catch (error) {
      if (UNAUTHORISED.has((error as TroupeError).code) && (++this.#rejections > 1 || typeof token !== "function"))
        this.#connector.close((error as TroupeError).message);
      throw error;
    }
    this.#rejections = 0;
    return true;
  }

  /** What was waited for may belong to a connection that is no more. */
  #mustBe(turn: number): void {
    if (turn !== this.#turn) throw new TroupeError("disconnected", "the connection was lost");
  }

  // -- what the node says -----------------------------------------------------

  #heard(message: ServerMessage): void {
    const { type, id } = message;
    const membership = this.#channels.get(message.channel!)?.membership;
    if (type === "resumed") this.#goOn(message);
    else (this.#fresh ?? this.#session!).received++;

    const awaited = id !== undefined && this.#queue.settle(message);
    if (type === "error") {
      if (!awaited && id === undefined) this.#complain(message, membership);
    } else if (!awaited || type === "unsubscribed") membership?.heard(message);
  }

  /** An error that answers no command: of the channel in the address, or of a command that nobody waits for. */
  #complain({ code, message, retry_after }: ServerMessage, membership?: Membership): void {
    const error = new TroupeError(code, message, true, retry_after);
    if (membership && membership === this.#inAddress && !membership.isIn) membership.refused(error);
    else if (!this.emit("error", error)) console.warn(`troupe: ${code}: ${message}`);
  }

  // -- a connection ends ------------------------------------------------------

  #lost({ error, reason }: Ending): void {
    this.#turn++;
    this.#greeted = false;
    this.#fresh = null;
    if (error && REFUSED.has(error)) this.#inAddress?.refused(new TroupeError(error, reason));
    for (const membership of this.#memberships) membership.cutOff();
    this.#queue.lost();
  }

  #changed(status: Status): void {
    if (status.state === "closed") this.#end(new TroupeError("closed", status.reason));
    this.emit("state", status);
  }

  #end(error: TroupeError): void {
    this.#stopWatching();
    for (const membership of this.#memberships) membership.end(error);
    this.#queue.drop(error);
  }
}

import type { CallOptions } from "./channel.js";
import type { Clock } from "./clock.js";
import type { Codec } from "./codec.js";
import { CommandQueue } from "./command_queue.js";
import { Connector, type Owner, type Status } from "./connector.js";
import { PASSING_ERRORS, TroupeError, disconnected } from "./errors.js";
import type { Home, Membership } from "./membership.js";
import type { Command, Position, ServerMessage } from "./protocol.js";
import type { Opening, Transport } from "./transports/transport.js";

/** What `connect` makes of its options. */
export interface Settings {
  base: URL;
  clock: Clock;
  codec: Codec;
  transports: Transport[];
  token?: string | (() => string | Promise<string>);
  queueLimit: number;
  callTimeout: number;
  connectTimeout: number;
}

/**
 * What the node knows us by, how many of its messages we have had (all but `welcome` and `resumed`), and how often we have
 * tried to come back: an attempt that was given up may arrive late.
 */
interface Identity {
  id: string | null;
  token: string;
  received: number;
  attempt: number;
}

const UNAUTHORISED = new Set(["unauthorised", "expired", "refused"]);
const VOLATILE_MAX = 1 << 20; // bytes that may wait for the network before what is volatile is refused

/**
 * What outlives a connection: who we are to the node, the channels we are in, the commands that wait. Each connection is
 * greeted in the same way: resume, or begin anew; authenticate; join what is not joined; send what waits.
 */
export class Session implements Owner, Home {
  readonly clock: Clock;
  readonly connector: Connector;
  readonly memberships = new Map<string, Membership>();
  #settings: Settings;
  #queue: CommandQueue;
  #identity: Identity | null = null;
  #fresh: Identity | null = null; // of a connection that asks for the session before
  #resumed: Promise<ServerMessage> | null = null;
  #leaving = new Set<string>(); // channels that were left while nobody could be told
  #greeted = false;
  #isUser = false; // the node knows our user
  #rejections = 0; // of our token, in a row
  #keys = 0;
  #keyPrefix: string;
  #turn = 0; // of connections

  /** `tell`: events for the application; false: nobody listens. */
  constructor(
    settings: Settings,
    readonly tell: (event: string, value: unknown) => boolean,
  ) {
    const { clock, transports, connectTimeout, queueLimit } = settings;
    this.#settings = settings;
    this.clock = clock;
    this.#keyPrefix = clock.random().toString(36).slice(2) + clock.now().toString(36);
    this.connector = new Connector(clock, transports, connectTimeout, this);
    this.#queue = new CommandQueue(clock, queueLimit, (command) => this.connector.send(command));
  }

  get id(): string | null {
    return this.#identity?.id ?? null;
  }

  get isClosed(): boolean {
    return this.connector.status.state === "closed";
  }

  // -- commands ---------------------------------------------------------------

  /** Sends once we are in; resolves with the data of the reply. */
  request(command: Command, options: CallOptions, membership?: Membership): Promise<any> {
    const gate = () => this.#greeted && (membership?.isIn ?? true);
    return options.volatile ? this.#sendNow(command, gate()) : this.#sendInTurn(command, options, gate);
  }

  async #sendInTurn(command: Command, options: CallOptions, gate: () => boolean): Promise<any> {
    if (this.isClosed) throw new TroupeError("closed", this.connector.status.reason);
    const isCall = command.action === "call";
    const timeout = options.timeout ?? (isCall ? this.#settings.callTimeout : undefined);
    const whole = { ...command, key: this.#keyOf(command, options), timeout: isCall ? timeout : undefined };
    return (await this.#queue.submit(whole, { gate, timeout })).data;
  }

  #keyOf({ action, ephemeral }: Command, { key }: CallOptions): string | undefined {
    if (key === false || ephemeral || (action !== "call" && action !== "publish")) return undefined;
    return key ?? `${this.#keyPrefix}-${++this.#keys}`;
  }

  /** A promise that nobody looks at is no error here. */
  #sendNow(command: Command, mayGo: boolean): Promise<null> {
    const busy = this.connector.waiting > VOLATILE_MAX;
    if (mayGo && !busy && this.connector.send(command)) return Promise.resolve(null);
    const refused = Promise.reject(busy ? new TroupeError("busy", "too much waits") : disconnected());
    refused.catch(() => {});
    return refused;
  }

  /** Asks on this connection, and on no other. */
  ask(command: Command): Promise<ServerMessage> {
    if (!this.connector.isConnected) return Promise.reject(disconnected());
    return this.#queue.submit(command, { gate: () => true, handshake: true });
  }

  ping(): void {
    this.ask({ action: "ping" }).catch(() => {});
  }

  #unsubscribe(channel: string): void {
    this.ask({ action: "unsubscribe", channel }).catch(() => {});
  }

  // -- channels ---------------------------------------------------------------

  add(membership: Membership): void {
    this.memberships.set(membership.name, membership);
    if (this.isClosed) membership.end(new TroupeError("closed", this.connector.status.reason));
    else if (this.#greeted) membership.join();
  }

  entered(): void {
    this.#queue.flush();
  }

  left(channel: string): void {
    if (this.#greeted) this.#unsubscribe(channel);
    else this.#leaving.add(channel);
  }

  ended(channel: string, error: TroupeError): void {
    this.memberships.delete(channel);
    this.#queue.drop(error, channel);
  }

  // -- a connection begins ----------------------------------------------------

  opening(probe: boolean): Opening {
    return { ...this.#settings, resume: probe ? null : this.#resume() };
  }

  #resume(): Opening["resume"] {
    this.#resumed = null;
    if (!this.#identity) return null;
    const { token, received } = this.#identity;
    const attempt = ++this.#identity.attempt;
    const positions: Record<string, Position> = {};
    for (const { name, position } of this.memberships.values()) if (position) positions[name] = position;
    const resume = { action: "resume", id: this.#queue.newId(), token, received, positions, attempt };
    this.#resumed = this.#queue.expect(resume);
    this.#resumed.catch(() => {});
    return resume;
  }

  async greet({ session = null, token }: ServerMessage): Promise<void> {
    const turn = ++this.#turn;
    this.#fresh = { id: session, token, received: 0, attempt: 0 };
    const goesOn = this.#resumed !== null && (await this.#resumed.then(() => true, () => false));
    this.#mustBe(turn);
    if (!goesOn) this.#begin(this.#fresh);
    this.#fresh = null;
    const isUser = await this.#authenticate(turn);
    this.#mustBe(turn);

    this.#greeted = true;
    if (goesOn) this.#leaving.forEach((channel) => this.#unsubscribe(channel));
    this.#leaving.clear();
    for (const membership of this.memberships.values())
      if (!membership.isIn) membership.join();
    this.#queue.renewed(goesOn || (isUser && this.#isUser));
    this.#isUser = isUser;
  }

  /** Another session, or none: what we were in with the one before is over. */
  #begin(identity: Identity | null): void {
    this.#identity = identity;
    for (const membership of this.memberships.values()) membership.forget();
  }

  /** At once when `resumed` comes, since what was missed follows. */
  #goOn({ session, token, private: items }: ServerMessage): void {
    const before = this.#identity!;
    this.#fresh = null;
    this.#identity = { ...before, id: session ?? before.id, token: token ?? before.token };
    for (const membership of this.memberships.values()) membership.goOn();
    this.tell("resumed", { private: items });
  }

  /** True: the node knows our user now. The token is asked for anew each time; one that is refused twice is no good. */
  async #authenticate(turn: number): Promise<boolean> {
    const { token } = this.#settings;
    if (token === undefined) return false;
    const value = typeof token === "function" ? await token() : token;
    this.#mustBe(turn);
    try {
      await this.ask({ action: "authenticate", token: value });
    } catch (error) {
      const { code, message } = error as TroupeError;
      if (UNAUTHORISED.has(code) && (++this.#rejections > 1 || value === token)) this.connector.close(message);
      throw error;
    }
    this.#rejections = 0;
    return true;
  }

  /** What was waited for may belong to a connection that is no more. */
  #mustBe(turn: number): void {
    if (turn !== this.#turn) throw disconnected();
  }

  // -- what the node says -----------------------------------------------------

  heard(message: ServerMessage, counts: boolean): void {
    const { type, id, channel } = message;
    const membership = this.memberships.get(channel!);
    if (type === "resumed") this.#fresh && this.#goOn(message); // a second one says nothing new
    else if (counts) (this.#fresh ?? this.#identity!).received++;

    const awaited = id !== undefined && this.#queue.settle(message);
    if (type === "error") {
      if (id === undefined) this.#complain(message);
    } else if (!awaited || type === "unsubscribed") membership?.heard(message);
  }

  /** An error that answers no command, or one that nobody waits for. */
  #complain({ code, message, retry_after }: ServerMessage): void {
    const error = new TroupeError(code, message, true, retry_after);
    if (!this.tell("error", error)) console.warn(`troupe: ${code}: ${message}`);
  }

  // -- a connection ends ------------------------------------------------------

  lost(error?: string): boolean {
    const anew = this.#resumed !== null && error !== undefined && !PASSING_ERRORS.has(error);
    if (anew) this.#begin(null);
    this.#turn++;
    this.#greeted = false;
    this.#fresh = null;
    for (const membership of this.memberships.values()) membership.cutOff();
    this.#queue.lost();
    return anew;
  }

  changed(status: Status): void {
    if (this.isClosed) {
      const error = new TroupeError("closed", status.reason);
      for (const membership of this.memberships.values()) membership.end(error);
      this.#queue.drop(error);
    }
    this.tell("state", status);
  }
}

import { Backoff } from "./backoff.js";
import type { Clock, Timer } from "./clock.js";
import { FINAL } from "./errors.js";
import { Heartbeat } from "./heartbeat.js";
import { Ladder } from "./ladder.js";
import type { Command, ServerMessage } from "./protocol.js";
import type { Connection, Ending, Opening, Sink, Transport, TransportName } from "./transports/transport.js";

/** What a page can show. */
export interface Status {
  /**
   * connecting   an attempt runs
   * open         the node knows us: what is said, it hears
   * waiting      there is no connection; the next attempt is at `retryAt` (none: when the page is shown again)
   * closed       over, by `close()` or because coming back would only fail again
   */
  state: "connecting" | "open" | "waiting" | "closed";
  /** Which transport is open or being tried. */
  transport: TransportName | null;
  /** Why there is no connection; empty if there is. */
  reason: string;
  /** Wall clock, ms. */
  retryAt?: number;
}

/** Who uses the connection. */
export interface Owner {
  /** `probe`: only to see whether the transport works. */
  opening(probe: boolean): Opening;
  /** `welcome` has come: the node listens. Resolves when commands may go, rejects if it will not have us. */
  greet(welcome: ServerMessage): Promise<void>;
  /** `counts`: it is one of those that `resume` counts. */
  heard(message: ServerMessage, counts: boolean): void;
  /** Asks for any answer at all. */
  ping(): void;
  /** `error`: why an attempt was refused. True: not we were, but the session that it was to go on with. */
  lost(error?: string): boolean;
  changed(status: Status): void;
}

const UNSOUND = 2_000; // ms; what is over sooner was cut by somebody between
const FIRST_PROBE = 30_000; // ms until the transport at the top is tried again beside the one that works
const LONGEST_PROBE = 600_000; // ms; each probe waits twice as long as the one before

/**
 * Keeps one connection to the node, on the best transport that works.
 *
 *   connecting ──welcome──► open ──lost──► waiting ──pause──► connecting
 *       │ failed: the next transport, or                         any ──close, final──► closed
 *       └──────────────────────────────────► waiting
 */
export class Connector {
  #status: Status = { state: "connecting", transport: null, reason: "" };
  #connection: Connection | null = null;
  #ladder: Ladder;
  #backoff: Backoff;
  #heartbeat: Heartbeat;
  #timer: Timer | null = null;
  #probeTimer: Timer | null = null;
  #probePause = FIRST_PROBE;
  #welcomedAt = 0;
  #slot = 0; // when the node lets us come back
  #attempt = 0;
  constructor(
    readonly clock: Clock,
    readonly transports: Transport[],
    readonly connectTimeout: number,
    readonly owner: Owner,
  ) {
    this.#ladder = new Ladder(transports.length);
    this.#backoff = new Backoff(clock);
    this.#heartbeat = new Heartbeat(clock, () => owner.ping(), () => this.#lost({ reason: "the node has fallen silent" }, false));
  }

  get status(): Status {
    return this.#status;
  }

  get isConnected(): boolean {
    return this.#connection !== null && this.#welcomedAt > 0;
  }

  /** Bytes that wait for the network. */
  get waiting(): number {
    return this.#connection?.waiting() ?? 0;
  }

  send(command: Command): boolean {
    if (!this.isConnected) return false;
    this.#connection!.send(command);
    return true;
  }

  // -- what the page goes through ---------------------------------------------

  /** Begins, or begins again after `suspend`; makes an attempt at once where one is waited for, but not before our slot. */
  start(): void {
    if (this.#connection || this.#status.state === "closed") return;
    if (this.clock.now() < this.#slot) this.#sleep(this.#backoff.jitter(), this.#status.reason);
    else this.#open();
  }

  /** There is reason to doubt that the connection lives. */
  doubt(): void {
    this.#heartbeat.doubt();
  }

  /** The network is another one: what was blocked may not be. */
  networkChanged(): void {
    this.doubt();
    if (!this.#connection) this.#ladder.reset();
    else if (this.#ladder.current > 0) this.#probe();
    this.start();
  }

  /** Lets the connection go without ending the session, until `start`. */
  suspend(): void {
    this.#stop("waiting", "the page is hidden");
  }

  close(reason: string): void {
    this.#stop("closed", reason);
  }

  #stop(state: Status["state"], reason: string): void {
    if (this.#status.state === "closed") return;
    this.#drop(state === "closed");
    this.#change(state, reason);
  }

  // -- an attempt -------------------------------------------------------------

  #open(): void {
    this.#timer?.stop();
    const attempt = ++this.#attempt;
    const transport = this.transports[this.#ladder.current]!;
    this.#change("connecting", this.#status.reason, transport.name);
    this.#timer = this.clock.after(this.connectTimeout, () => this.#lost({ reason: `no answer by ${transport.name}` }, false));
    const current = (what: () => void) => attempt === this.#attempt && what();
    const sink: Sink = {
      alive: () => current(() => this.#heartbeat.heard()),
      message: (message) => current(() => this.#heard(message, transport)),
      answer: (message) => current(() => this.owner.heard(message, false)),
      closed: (ending) => current(() => this.#lost(ending)),
    };
    try {
      this.#connection = transport.open(this.owner.opening(false), sink);
    } catch (error) {
      this.#lost({ reason: (error as Error).message });
    }
  }

  #heard(message: ServerMessage, transport: Transport): void {
    const { type, code, reason, retry_after } = message;
    if (type === "closing" && code) return this.#lost({ reason, code }); // as a WebSocket would be closed
    if (type === "closing") this.#mayReturnIn(retry_after);
    if (type === "welcome") this.#welcomed(message, transport);
    else this.owner.heard(message, true);
  }

  async #welcomed(welcome: ServerMessage, transport: Transport): Promise<void> {
    const attempt = this.#attempt;
    this.#welcomedAt = this.clock.now();
    this.#ladder.worked();
    this.#heartbeat.start(transport.pulse(welcome.heartbeat));
    try {
      await this.owner.greet(welcome);
      if (attempt === this.#attempt) this.#ready(transport);
    } catch (error) {
      if (attempt === this.#attempt) this.#lost({ reason: (error as Error).message });
    }
  }

  #ready(transport: Transport): void {
    this.#timer?.stop();
    this.#change("open", "", transport.name);
    if (this.#ladder.current > 0) this.#probeLater();
  }

  // -- its end ----------------------------------------------------------------

  #lost(ending: Ending, sound = true): void {
    const welcomed = this.isConnected;
    const uptime = this.clock.now() - this.#welcomedAt;
    const anew = this.#drop(false, welcomed ? undefined : ending.error);
    if (this.#status.state === "closed") return; // its owner has seen enough
    if (!anew && (FINAL.has(ending.code) || FINAL.has(ending.error))) return this.close(ending.reason);
    if (welcomed) {
      this.#backoff.held(uptime);
      this.#ladder.ended(sound && uptime >= UNSOUND);
    } else if (this.#ladder.failed()) return this.#open();
    this.#wait(ending);
  }

  #wait({ reason, retryAfter = 0 }: Ending): void {
    this.#mayReturnIn(retryAfter);
    this.#sleep(this.#backoff.next(), reason);
  }

  /** Each client has a slot of its own; the earlier wish of two does not shorten the later. */
  #mayReturnIn(ms: number): void {
    this.#slot = Math.max(this.#slot, this.clock.now() + ms);
  }

  /** Until a while after our slot. */
  #sleep(pause: number, reason: string): void {
    const now = this.clock.now();
    const retryAt = Math.max(this.#slot, now) + pause;
    this.#timer?.stop();
    this.#timer = this.clock.after(retryAt - now, () => this.#open());
    this.#change("waiting", reason, null, retryAt);
  }

  /** Nothing is heard of the connection any more. */
  #drop(goodbye: boolean, error?: string): boolean {
    this.#attempt++;
    this.#timer?.stop();
    this.#probeTimer?.stop();
    this.#heartbeat.stop();
    this.#welcomedAt = 0;
    this.#connection?.close(goodbye);
    this.#connection = null;
    return this.owner.lost(error);
  }

  #change(state: Status["state"], reason: string, transport: TransportName | null = null, retryAt?: number): void {
    this.#status = { state, transport, reason, retryAt };
    this.owner.changed(this.#status);
  }

  // -- looking for a better transport -----------------------------------------

  #probeLater(): void {
    this.#probeTimer?.stop();
    this.#probeTimer = this.clock.after(this.#probePause, () => this.#probe());
    this.#probePause = Math.min(LONGEST_PROBE, 2 * this.#probePause);
  }

  /** Opens the first transport beside the one that works; once it is welcomed, everything moves there. */
  async #probe(): Promise<void> {
    const attempt = this.#attempt;
    const first = this.transports[0]!;
    let probe: Connection | undefined;
    let timer: Timer | undefined;
    this.#probeTimer?.stop();
    const works = await new Promise<boolean>((done) => {
      timer = this.clock.after(this.connectTimeout, () => done(false));
      const message = ({ type }: ServerMessage) => type === "welcome" && done(true);
      probe = first.open(this.owner.opening(true), { alive() {}, answer() {}, message, closed: () => done(false) });
    }).catch(() => false);
    timer?.stop();
    probe?.close(true);
    if (attempt !== this.#attempt) return;
    if (!works) return this.#probeLater();
    this.#probePause = FIRST_PROBE;
    this.#ladder.reset();
    this.#drop(false);
    this.#open();
  }
}

import { Backoff } from "./backoff.js";
import type { Channel } from "./channel.js";
import type { Clock, Timer } from "./clock.js";
import { PASSING_ERRORS, TroupeError } from "./errors.js";
import type { Command, Position, ServerMessage } from "./protocol.js";

/** Reasons for which nobody meant us: the channel can be had again. */
const PASSING_ENDS = new Set(["channel failed", "closed", "node lost", "drained"]);

const HELD_MAX = 4096; // messages that may wait for `subscribed`; past it they are a gap

export interface Wishes {
  params?: unknown;
  presence?: boolean;
  /** Where to begin: what came after it is told, or `$gap`. */
  since?: Position;
  /** False: after a loss join anew, for channels that tell newcomers everything. Default true. */
  recover?: boolean;
}

/** What a membership needs of its session. */
export interface Home {
  clock: Clock;
  /** Sends a command on this connection; rejects with its error, or `disconnected`. */
  ask(command: Command): Promise<ServerMessage>;
  /** In: what waits may go. */
  entered(): void;
  /** The node is to know that we have left. */
  left(channel: string): void;
  /** Out for good. */
  ended(channel: string, error: TroupeError): void;
}

/**
 * Our place in a channel: joined or not, and up to where everything was told. What is told has rising offsets, each once.
 *
 *   out ──join──► joining ──subscribed──► in ──connection lost──► out
 *                    │ refused             │ kicked, left
 *                    └────────► ended ◄────┘        a passing reason: out, and joins again after a pause
 */
export class Membership {
  #phase: "out" | "joining" | "in" | "ended" = "out";
  #position: Position | null;
  #held: ServerMessage[] = [];
  #backoff: Backoff;
  #joinedAt = 0;
  #timer: Timer | null = null;
  #first = true;
  #wasIn = false;
  #attempt = 0;

  constructor(
    readonly name: string,
    readonly wishes: Wishes,
    readonly home: Home,
    readonly channel: Channel,
  ) {
    this.#position = wishes.since ?? null;
    this.#backoff = new Backoff(home.clock);
  }

  get isIn(): boolean {
    return this.#phase === "in";
  }

  get hasEnded(): boolean {
    return this.#phase === "ended";
  }

  get position(): Position | null {
    return this.#position && { ...this.#position };
  }

  get since(): Position | undefined {
    return this.wishes.recover !== false || this.#first ? this.#position ?? undefined : undefined;
  }

  // -- joining ----------------------------------------------------------------

  async join(): Promise<void> {
    if (this.#phase === "ended") return;
    this.#timer?.stop();
    this.#phase = "joining";
    this.#held = [];
    this.#wasIn = false;
    const attempt = ++this.#attempt;
    const { params, presence } = this.wishes;
    try {
      const answer = await this.home.ask({ action: "subscribe", channel: this.name, params, presence, since: this.since });
      if (attempt === this.#attempt) this.#joined(answer);
    } catch (error) {
      if (attempt === this.#attempt) this.refused(error as TroupeError);
    }
  }

  refused(error: TroupeError): void {
    if (this.#phase !== "joining" || error.code === "disconnected") return; // who connects again joins again
    this.#phase = "out";
    if (PASSING_ERRORS.has(error.code)) return this.#joinLater(error.retryAfter);
    if (error.code === "already_subscribed") return void this.#joinAgain(); // by a command whose answer was lost
    this.end(error);
    this.channel.tell("$refused", error);
  }

  #joined({ epoch, offset, recovered, data, missed = null }: ServerMessage): void {
    this.#phase = "in";
    this.#wasIn = false;
    this.#joinedAt = this.home.clock.now();
    this.#position = { epoch, offset };
    const first = this.#first;
    this.#first = false;
    if (recovered === false) this.channel.tell("$gap", missed);
    this.channel.tell("$subscribed", data, { first, recovered });
    const held = this.#held;
    this.#held = [];
    for (const message of held) this.heard(message);
    this.home.entered();
  }

  #joinLater(retryAfter = 0): void {
    this.#timer = this.home.clock.after(retryAfter + this.#backoff.next(), () => this.join());
  }

  // -- what the node says -----------------------------------------------------

  heard(message: ServerMessage): void {
    const { type, reason } = message;
    if (reason === "left") this.#held = this.#held.filter(({ offset }) => offset); // of two memberships; offsets tell which
    else if (this.#phase === "joining") type === "subscribed" ? this.#joined(message) : this.#hold(message);
    else if (this.#phase === "in") type === "unsubscribed" ? this.#put(reason) : this.#tell(message);
  }

  /** Over HTTP, what follows `subscribed` may overtake it. */
  #hold(message: ServerMessage): void {
    if (this.#held.length < HELD_MAX) this.#held.push(message);
    else this.#held = [{ type: "gap", channel: this.name, epoch: "", offset: message.offset ?? 0, missed: null }];
  }

  #tell(message: ServerMessage): void {
    const { type, event, data, offset } = message;
    if (type === "gap") return this.#missed(message);
    if (type === "presence") return this.channel.tell("$presence", message);
    if (type === "ask") return this.channel.tell("$ask", message);
    if (offset) {
      if (offset <= this.#position!.offset) return; // told before
      this.#position!.offset = offset;
    }
    this.channel.tell(event ?? "message", data, message);
  }

  #missed({ epoch, offset, missed }: ServerMessage): void {
    const { epoch: before, offset: at } = this.#position!;
    this.#position = epoch === before || !epoch ? { epoch: before, offset: Math.max(at, offset) } : { epoch, offset };
    this.channel.tell("$gap", missed);
  }

  /** Put out. */
  #put(reason: string): void {
    const again = PASSING_ENDS.has(reason);
    this.#phase = "out";
    this.#backoff.held(this.home.clock.now() - this.#joinedAt);
    if (again) this.#joinLater();
    else this.end(new TroupeError("not_joined", `out of ${this.name}: ${reason}`));
    this.channel.tell("$unsubscribed", reason, { again });
  }

  // -- the connection, and the end --------------------------------------------

  /** The connection was lost: whoever gets a new one joins again. */
  cutOff(): void {
    if (this.#phase === "ended") return;
    this.#timer?.stop();
    this.#attempt++;
    this.#wasIn ||= this.#phase === "in";
    this.#phase = "out";
  }

  /** The session has gone, and what we were in with it. */
  forget(): void {
    this.#wasIn = false;
  }

  /** The session goes on, and we are still in; false: we were not. */
  goOn(): boolean {
    if (this.#phase === "in" || !this.#wasIn) return false;
    this.#phase = "in";
    this.#wasIn = false;
    this.home.entered();
    return true;
  }

  /** Begins anew, as one who has not been here. */
  rejoin(): void {
    this.#position = null;
    this.#joinAgain();
  }

  #joinAgain(): void {
    this.home.ask({ action: "unsubscribe", channel: this.name }).catch(() => {});
    this.join();
  }

  leave(): void {
    this.home.left(this.name);
    this.end(new TroupeError("closed", `${this.name} was left`));
  }

  end(error: TroupeError): void {
    if (this.#phase === "ended") return;
    this.cutOff();
    this.#phase = "ended";
    this.home.ended(this.name, error);
    this.channel.ended(error);
  }
}

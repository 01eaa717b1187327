import { withBytes } from "./bytes.js";
import { Emitter } from "./emitter.js";
import { TroupeError } from "./errors.js";
import { Inbox, type Missed } from "./inbox.js";
import { Membership, type Wishes } from "./membership.js";
import type { Command, History, Member, Message, Position, ServerMessage } from "./protocol.js";
import { Roster } from "./roster.js";
import type { Session } from "./session.js";

export interface CallOptions {
  /** ms until it is given up; calls: 10,000 if nothing is said, publishes: none. */
  timeout?: number;
  /**
   * Makes a retry safe: the node does once what it is told twice with one key. The client makes a key by itself, and
   * retries with it after the connection was lost; `false`: none, and no retry. Give your own to retry by yourself.
   */
  key?: string | false;
  /** Sent now or not at all, and nobody answers: for what is worthless a moment later. */
  volatile?: boolean;
}

export interface PublishOptions extends CallOptions {
  /** False: it is not told to us. Default true. */
  echo?: boolean;
  /** Not kept: whoever is away never hears it. */
  ephemeral?: boolean;
}

export interface HistoryOptions {
  limit?: number;
  /** Only what has an offset below it. */
  before?: number;
  /** Forward from here. */
  since?: Position;
}

export function publication(channel: string, event: string | null, data: unknown, { echo, ephemeral }: PublishOptions): Command {
  return { action: "publish", channel, event: event ?? undefined, data, echo, ephemeral };
}

/**
 * A channel as its client hears and uses it. Besides the channel's own events (one without a name is a `message`):
 *
 *   $subscribed (data, { first, recovered })  in, or in again; `data` is what the channel's class says to newcomers
 *   $gap (missed)                             so many publications were missed; null: nobody knows how many
 *   $presence ({ joined, left, … })           see PresenceChange; if `presence` was asked for, first all who are here
 *   $refused (error)                          not let in, and not tried again
 *   $unsubscribed (reason, { again })         out; `again`: it comes back by itself
 */
export class Channel extends Emitter implements AsyncIterable<Message | Missed> {
  #session: Session;
  #membership: Membership;
  #roster = new Roster();
  #inboxes = new Set<Inbox>();
  #waiters: { resolve(): void; reject(error: Error): void }[] = [];
  #error: TroupeError | null = null;
  #left = false;

  /** Made by `client.subscribe`. @internal */
  constructor(
    session: Session,
    readonly name: string,
    wishes: Wishes,
  ) {
    super();
    this.#session = session;
    this.#membership = new Membership(name, wishes, session, this);
    session.add(this.#membership);
  }

  /** Up to where everything was told: `since` for another subscription. */
  get position(): Position | null {
    return this.#membership.position;
  }

  /** Resolves once we are in; rejects when we are not let in, or were put out. */
  joined(): Promise<void> {
    if (this.#membership.isIn) return Promise.resolve();
    if (this.#error) return Promise.reject(this.#error);
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** Resolves with its position; rejects with the error, or `disconnected` if nobody knows what became of it. */
  publish(event: string | null, data: unknown = null, options: PublishOptions = {}): Promise<Position> {
    return this.#send(publication(this.name, event, data, options), options);
  }

  /** Asks the channel's class; resolves with its answer. */
  call<Answer = any>(event: string, data: unknown = null, options: CallOptions = {}): Promise<Answer> {
    return this.#send({ action: "call", channel: this.name, event, data }, options);
  }

  /** A page of what was said: the newest, unless the options say otherwise. */
  async history(options: HistoryOptions = {}): Promise<History> {
    const page = await this.#send({ action: "history", channel: this.name, ...options }, {});
    return { ...page, publications: page.publications.map(withBytes) };
  }

  /** Who is here, if `presence` was asked for; nobody is named where there are too many, see `count`. */
  get members(): Member[] {
    return this.#roster.members;
  }

  /** How many are here, if `presence` was asked for. */
  get count(): number {
    return this.#roster.count;
  }

  /** Asks who is here, page by page. */
  async presence(): Promise<Member[]> {
    const all: Member[] = [];
    for (let since: string | undefined; ; since = all.at(-1)!.session) {
      const { members, more } = await this.#send({ action: "presence", channel: this.name, since }, {});
      all.push(...members);
      if (!more || members.length === 0) return all;
    }
  }

  /** Answers what the channel asks with this event; what `answer` returns, now or later, is sent back. */
  answer(event: string, answer: (data: any) => unknown): this {
    return this.on("$ask", async (ask: ServerMessage) => {
      if (ask.event !== event) return;
      const data = (await answer(ask.data)) ?? null;
      this.#send({ action: "answer", ask: ask.ask, data }, { volatile: true }).catch(() => {});
    });
  }

  /** Leaves, and begins anew as somebody who has not been here. */
  rejoin(): void {
    this.#membership.rejoin();
  }

  /** Out, for good. */
  leave(): void {
    if (this.#membership.hasEnded) return;
    this.#left = true;
    this.#membership.leave();
  }

  /** Every message from now on, and `$gap` where some were missed; ends when we are out. */
  [Symbol.asyncIterator](): Inbox {
    const inbox = new Inbox((done) => this.#inboxes.delete(done));
    if (this.#membership.hasEnded) inbox.end(this.#error);
    else this.#inboxes.add(inbox);
    return inbox;
  }

  #send(command: Command, options: CallOptions): Promise<any> {
    if (!this.#membership.hasEnded) return this.#session.request(command, options, this.#membership);
    return Promise.reject(this.#error ?? new TroupeError("closed", `${this.name} was left`));
  }

  // -- told by the membership -------------------------------------------------

  /** @internal */
  tell(event: string, ...values: any[]): void {
    const [first, second] = values;
    if (event === "$presence") values[0] = this.#roster.heard(first);
    if (event === "$gap") for (const inbox of this.#inboxes) inbox.put({ type: "gap", event: "$gap", missed: first });
    if (event === "$subscribed") for (const { resolve } of this.#waiters.splice(0)) resolve();
    if (!event.startsWith("$")) for (const inbox of this.#inboxes) inbox.put(second);
    this.emit(event, ...values);
  }

  /** @internal */
  ended(error: TroupeError): void {
    this.#error = this.#left ? null : error;
    for (const { reject } of this.#waiters.splice(0)) reject(error);
    for (const inbox of this.#inboxes) inbox.end(this.#error);
    this.#inboxes.clear();
  }
}

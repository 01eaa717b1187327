import { Channel, publication, type PublishOptions } from "./channel.js";
import type { Status } from "./connector.js";
import { Emitter } from "./emitter.js";
import type { Wishes } from "./membership.js";
import { watchPage } from "./page_events.js";
import type { Position } from "./protocol.js";
import { Session, type Settings } from "./session.js";

/**
 * One session with a node, over whatever connection there is. Ends with `close()`, or by itself where coming back would
 * only fail again. Its events:
 *
 *   state (status)         see Status
 *   error (error)          what the node says to a command that nobody waits for; without a listener, to the console
 *   resumed ({ private })  the session goes on; `lost`: what channels said to us alone may be missing
 */
export class Client extends Emitter {
  #session: Session;

  /** Use `connect`. @internal */
  constructor(settings: Settings) {
    super();
    this.#session = new Session(settings, (event, value) => this.emit(event, value));
    const { connector } = this.#session;
    const stopWatching = watchPage(connector);
    this.on("state", ({ state }) => state === "closed" && stopWatching());
    queueMicrotask(() => connector.start());
  }

  get status(): Status {
    return this.#session.connector.status;
  }

  /** Our public name, which others read in `from`; null before `open`, and where the session began with a poll. */
  get session(): string | null {
    return this.#session.id;
  }

  /** Joins a channel; the same again for a name that is joined. It joins again by itself after each loss. */
  subscribe(name: string, wishes: Wishes = {}): Channel {
    return this.#session.memberships.get(name)?.channel ?? new Channel(this.#session, name, wishes);
  }

  /** Publishes where no membership is needed. */
  publish(channel: string, event: string | null, data: unknown = null, options: PublishOptions = {}): Promise<Position> {
    return this.#session.request(publication(channel, event, data, options), options);
  }

  /** The round trip to the node, in ms. */
  async ping(): Promise<number> {
    const { clock } = this.#session;
    const start = clock.now();
    await this.#session.ask({ action: "ping" });
    return clock.now() - start;
  }

  /** Ends the session. What waits is rejected with `closed`. */
  close(reason = "closed"): void {
    for (const { channel } of this.#session.memberships.values()) channel.leave();
    this.#session.connector.close(reason);
  }
}

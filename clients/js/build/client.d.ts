import { Channel, type PublishOptions } from "./channel.js";
import type { Status } from "./connector.js";
import { Emitter } from "./emitter.js";
import type { Wishes } from "./membership.js";
import type { Position } from "./protocol.js";
/**
 * One session with a node, over whatever connection there is. Ends with `close()`, or by itself where coming back would
 * only fail again. Its events:
 *
 *   state (status)         see Status
 *   error (error)          what the node says to a command that nobody waits for; without a listener, to the console
 *   resumed ({ private })  the session goes on; `lost`: what channels said to us alone may be missing
 */
export declare class Client extends Emitter {
    #private;
    get status(): Status;
    /** Our public name, which others read in `from`; null where it is not known (before `open`, and when polling). */
    get session(): string | null;
    /** Joins a channel; the same again for a name that is joined. It joins again by itself after each loss. */
    subscribe(name: string, wishes?: Wishes): Channel;
    /** Publishes where no membership is needed. */
    publish(channel: string, event: string | null, data?: unknown, options?: PublishOptions): Promise<Position>;
    /** The round trip to the node, in ms. */
    ping(): Promise<number>;
    /** Ends the session. What waits is rejected with `closed`. */
    close(reason?: string): void;
}

import type { Clock } from "../clock.js";
import type { Command } from "../protocol.js";
import type { Ending, Opening, Sink } from "./transport.js";
export declare type Fetch = typeof fetch;
/**
 * Commands of an event stream's or poll's session, by POST /send; the answers go to the sink. One at a time for each
 * channel, since requests side by side may overtake each other. A command whose answer did not arrive ends the
 * connection: what became of it is not known.
 */
export declare class HttpCommands {
    #private;
    token: string;
    constructor(opening: Opening, sink: Sink, fetch: Fetch);
    send({ token: credentials, ...command }: Command): void;
}
/** Why a stream or poll was refused. */
export declare function refusal(response: Response): Promise<Ending>;
/** Aborts what takes longer than `ms`. */
export declare function within<T>(clock: Clock, ms: number, what: (signal: AbortSignal) => Promise<T>): Promise<T>;

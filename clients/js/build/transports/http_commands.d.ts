import type { Command, ServerMessage } from "../protocol.js";
import type { Ending, Opening, Sink } from "./transport.js";
export declare type Fetch = typeof fetch;
/**
 * Sends commands of an event stream's or poll's session, by POST /send; the answers go to the sink. One at a time for
 * each channel, since requests side by side may overtake each other. A command whose answer did not arrive ends the
 * connection: what became of it is not known.
 */
export declare function httpCommands({ base, clock }: Opening, sink: Sink, fetch: Fetch): (token: string, command: Command) => void;
/** A stream or poll says by its token which session it is; the answer to `resume` follows from that. */
export declare function resumption({ id, token }: Command, current: string): ServerMessage;
/** Why a stream or poll was refused. */
export declare function refusal(response: Response): Promise<Ending>;

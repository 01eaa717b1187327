import type { Channel } from "./channel.js";
import type { Clock } from "./clock.js";
import { TroupeError } from "./errors.js";
import type { Command, Position, ServerMessage } from "./protocol.js";
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
export declare class Membership {
    #private;
    readonly name: string;
    readonly wishes: Wishes;
    readonly home: Home;
    readonly channel: Channel;
    constructor(name: string, wishes: Wishes, home: Home, channel: Channel);
    get isIn(): boolean;
    get hasEnded(): boolean;
    get position(): Position | null;
    get since(): Position | undefined;
    /** Can stand in an address, where there is no room for more than a name and a position. */
    get isPlain(): boolean;
    join(): Promise<void>;
    /** The connection was opened with this channel: `subscribed` will come. */
    joinByAddress(): number;
    refused(error: TroupeError): void;
    heard(message: ServerMessage): void;
    /** The connection was lost: whoever gets a new one joins again. */
    cutOff(): void;
    /** The session has gone, and what we were in with it. */
    forget(): void;
    /** The session goes on, and we are still in; false: we were not. */
    goOn(): boolean;
    /** Begins anew, as one who has not been here. */
    rejoin(): void;
    leave(): void;
    end(error: TroupeError): void;
}

import type { Clock } from "./clock.js";
import { TroupeError } from "./errors.js";
import type { Command, ServerMessage } from "./protocol.js";
export interface Submission {
    /** When it may go: the channel is joined, the connection greeted. */
    gate: () => boolean;
    /** ms after which it is given up, from now on */
    timeout?: number;
    /** Belongs to this connection: goes at once, and fails with it. */
    handshake?: boolean;
}
/**
 * Commands that wait to be sent or answered, in the order in which they were given. Bounds: `limit` of them wait to be
 * sent, WINDOW to be answered; beyond, `queue_full`. Each promise is settled: by the answer, by its timeout, or, once the
 * connection was lost, as `sent` (it may have been carried out) unless it can be sent again without harm.
 */
export declare class CommandQueue {
    #private;
    readonly clock: Clock;
    readonly limit: number;
    /** False: there is no connection. */
    readonly send: (command: Command) => boolean;
    constructor(clock: Clock, limit: number, 
    /** False: there is no connection. */
    send: (command: Command) => boolean);
    /** An id that was never used; for commands that are sent by others, settled with `expect`. */
    newId(): number;
    /** Waits for the answer to what another sends, on this connection. */
    expect(command: Command): Promise<ServerMessage>;
    submit(command: Command, submission: Submission): Promise<ServerMessage>;
    /** Sends what may go. */
    flush(): void;
    /** An answer has come; false: nobody waits for it. */
    settle(message: ServerMessage): boolean;
    /** The connection has gone. */
    lost(): void;
    /** There is a session again; `same`: as the node sees it, it is the same session, or the same user. */
    renewed(same: boolean): void;
    /** Gives up what was meant for a channel and has not been sent, or everything. */
    drop(error: TroupeError, channel?: string): void;
}

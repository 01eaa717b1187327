import type { Clock } from "./clock.js";
import type { Command, ServerMessage } from "./protocol.js";
import type { Ending, Opening, Transport, TransportName } from "./transports/transport.js";
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
    opening(transport: Transport, probe: boolean): Opening;
    /** `welcome` has come: the node listens. Resolves when commands may go, rejects if it will not have us. */
    greet(welcome: ServerMessage): Promise<void>;
    /** `counts`: it is one of those that `resume` counts. */
    heard(message: ServerMessage, counts: boolean): void;
    /** Asks for any answer at all. */
    ping(): void;
    lost(ending: Ending): void;
    changed(status: Status): void;
}
/**
 * Keeps one connection to the node, on the best transport that works.
 *
 *   connecting ──welcome──► open ──lost──► waiting ──pause──► connecting
 *       │ failed: the next transport, or                         any ──close, final──► closed
 *       └──────────────────────────────────► waiting
 */
export declare class Connector {
    #private;
    readonly clock: Clock;
    readonly transports: Transport[];
    readonly connectTimeout: number;
    readonly owner: Owner;
    constructor(clock: Clock, transports: Transport[], connectTimeout: number, owner: Owner);
    get status(): Status;
    get isConnected(): boolean;
    /** Bytes that wait for the network. */
    get waiting(): number;
    send(command: Command): boolean;
    /** Begins, or begins again after `suspend`; makes an attempt at once where one is waited for. */
    start(): void;
    /** There is reason to doubt that the connection lives. */
    doubt(): void;
    /** The network is another one: what was blocked may not be. */
    networkChanged(): void;
    /** Lets the connection go without ending the session, until `start`. */
    suspend(): void;
    close(reason: string): void;
}

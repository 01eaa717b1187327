import type { Clock } from "./clock.js";
/** How a connection shows that it lives. */
export interface Pulse {
    /** Silence up to this many ms is normal. */
    quiet: number;
    /** Whether a `ping` is answered where we listen. */
    asks: boolean;
}
/**
 * Notices that a connection is dead. Who runs late proves nothing: after a sleep or in a throttled tab the answer may be
 * there, unread; so a deadline that was itself late asks again instead of giving up.
 */
export declare class Heartbeat {
    #private;
    readonly clock: Clock;
    readonly ask: () => void;
    readonly dead: () => void;
    /** `ask` sends a ping; `dead` ends the connection. */
    constructor(clock: Clock, ask: () => void, dead: () => void);
    start(pulse: Pulse): void;
    heard(): void;
    stop(): void;
    /** There is reason for doubt: the page was away, or the network has changed. */
    doubt(): void;
}

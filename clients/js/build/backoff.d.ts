import type { Clock } from "./clock.js";
/**
 * Pauses between attempts: full jitter, anything between nothing and a ceiling that doubles with each failure, so that a
 * herd does not come back at once. What held for longer than the ceiling was no failure: the ceiling is low again.
 */
export declare class Backoff {
    #private;
    readonly clock: Clock;
    constructor(clock: Clock);
    get ceiling(): number;
    /** The next pause in ms, on top of what the node asked for. */
    next(retryAfter?: number): number;
    /** What had begun held for so many ms. */
    held(ms: number): void;
}

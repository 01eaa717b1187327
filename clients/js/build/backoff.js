const BASE = 1000; // ms
const LONGEST = 30000; // ms
/**
 * Pauses between attempts: full jitter, anything between nothing and a ceiling that doubles with each failure, so that a
 * herd does not come back at once. What held for longer than the ceiling was no failure: the ceiling is low again.
 */
export class Backoff {
    clock;
    #failures = 0;
    constructor(clock) {
        this.clock = clock;
    }
    get ceiling() {
        return Math.min(LONGEST, BASE * 2 ** this.#failures);
    }
    /** The next pause in ms, on top of what the node asked for. */
    next(retryAfter = 0) {
        const pause = this.clock.random() * this.ceiling;
        this.#failures++;
        return retryAfter + pause;
    }
    /** What had begun held for so many ms. */
    held(ms) {
        if (ms >= this.ceiling)
            this.#failures = 0;
    }
}
//# sourceMappingURL=backoff.js.map
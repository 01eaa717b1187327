import type { Clock } from "./clock.js";

const BASE = 1000; // ms
const LONGEST = 30_000; // ms

/**
 * Pauses between attempts: full jitter, anything between nothing and a ceiling that doubles with each failure, so that a
 * herd does not come back at once. What held for longer than the ceiling was no failure: the ceiling is low again.
 */
export class Backoff {
  #failures = 0;

  constructor(readonly clock: Clock) {}

  get ceiling(): number {
    return Math.min(LONGEST, BASE * 2 ** this.#failures);
  }

  /** A pause in ms. */
  jitter(): number {
    return this.clock.random() * this.ceiling;
  }

  /** The pause after another failure. */
  next(): number {
    const pause = this.jitter();
    this.#failures++;
    return pause;
  }

  /** What had begun held for so many ms. */
  held(ms: number): void {
    if (ms >= this.ceiling) this.#failures = 0;
  }
}

import type { Clock, Timer } from "./clock.js";

/** How a connection shows that it lives. */
export interface Pulse {
  /** Silence up to this many ms is normal. */
  quiet: number;
  /** Whether a `ping` is answered where we listen. */
  asks: boolean;
}

const PATIENCE = 10_000; // ms that an answer may take
const HASTY = 5_000; // ms, where there is reason for doubt
const LATE = 2_000; // ms by which a timer that did not run in time is late: the machine slept, or the tab was throttled

/**
 * Notices that a connection is dead. Who runs late proves nothing: after a sleep or in a throttled tab the answer may be
 * there, unread; so a deadline that was itself late asks again instead of giving up.
 */
export class Heartbeat {
  #pulse!: Pulse;
  #timer: Timer | null = null;
  #heardAt = 0;
  #answered = false;

  /** `ask` sends a ping; `dead` ends the connection. */
  constructor(
    readonly clock: Clock,
    readonly ask: () => void,
    readonly dead: () => void,
  ) {}

  start(pulse: Pulse): void {
    this.#pulse = pulse;
    this.heard();
    this.#listen();
  }

  heard(): void {
    this.#heardAt = this.clock.now();
    this.#answered = true;
  }

  stop(): void {
    this.#timer?.stop();
    this.#timer = null;
  }

  /** There is reason for doubt: the page was away, or the network has changed. */
  doubt(): void {
    if (!this.#timer) return;
    if (this.#pulse.asks) this.#question(HASTY);
    else if (this.#silence() > this.#pulse.quiet) this.dead();
  }

  #silence(): number {
    return Math.max(0, this.clock.now() - this.#heardAt);
  }

  #listen(): void {
    this.#wait(Math.max(0, this.#pulse.quiet - this.#silence()), () => {
      if (this.#silence() < this.#pulse.quiet) this.#listen();
      else this.#question(PATIENCE);
    });
  }

  #question(patience: number): void {
    this.#answered = false;
    if (this.#pulse.asks) this.ask();
    this.#wait(patience, (late) => {
      if (this.#answered) this.#listen();
      else if (late) this.#question(patience);
      else this.dead();
    });
  }

  #wait(ms: number, then: (late: boolean) => void): void {
    this.stop();
    const due = this.clock.now() + ms;
    this.#timer = this.clock.after(ms, () => then(this.clock.now() > due + LATE));
  }
}

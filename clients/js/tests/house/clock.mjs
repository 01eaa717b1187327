// Time that a test moves, and chance that a seed decides.

export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Until everything that was promised has been told. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));

export class FakeClock {
  #now = 1_700_000_000_000;
  #timers = new Set();

  /** `chance`: a function, or the one number that it always gives. */
  constructor(chance = 0.5) {
    this.random = typeof chance === "function" ? chance : () => chance;
  }

  now() {
    return this.#now;
  }

  after(ms, what) {
    const timer = { due: this.#now + ms, what, stop: () => this.#timers.delete(timer) };
    this.#timers.add(timer);
    return timer;
  }

  get pending() {
    return this.#timers.size;
  }

  /** Time goes on, and timers run when they are due. */
  async advance(ms) {
    const end = this.#now + ms;
    await settled();
    for (let timer; (timer = this.#first(end)); await settled()) {
      this.#now = Math.max(this.#now, timer.due);
      this.#timers.delete(timer);
      timer.what();
    }
    this.#now = end;
    await settled();
  }

  /** The machine sleeps: time goes on, timers run late, all at its end. */
  async sleep(ms) {
    this.#now += ms;
    await this.advance(0);
  }

  #first(end) {
    const due = [...this.#timers].filter((timer) => timer.due <= end);
    return due.sort((a, b) => a.due - b.due)[0];
  }
}

/** Time and chance, so that tests can hold both still. `now` is the wall clock: it goes on while the machine sleeps. */
export interface Clock {
  now(): number;
  after(ms: number, what: () => void): Timer;
  random(): number;
}

export interface Timer {
  stop(): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, what) {
    const timer = setTimeout(what, ms);
    return { stop: () => clearTimeout(timer) };
  },
  random: () => Math.random(),
};

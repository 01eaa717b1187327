const PATIENCE = 2; // failures in a row of what had worked before it is doubted
const UNSOUND = 3; // unsound endings in a row before a transport counts as blocked

/**
 * Which transport an attempt takes: the first, and the next below where one fails without ever having worked. What had
 * worked gets a second chance first, since a node that is down fails everywhere.
 */
export class Ladder {
  #at = 0;
  #good = -1;
  #misses = 0;
  #unsound = 0;

  constructor(readonly size: number) {}

  get current(): number {
    return this.#at;
  }

  worked(): void {
    this.#good = this.#at;
    this.#misses = 0;
  }

  /** The attempt failed; true: take the next one at once, false: pause first. */
  failed(): boolean {
    if (this.#at === this.#good) {
      if (++this.#misses < PATIENCE) return false;
      this.#good = -1;
      if (this.#at > 0) {
        this.#at = 0;
        return true;
      }
    }
    this.#at = (this.#at + 1) % this.size;
    return this.#at > 0;
  }

  /** What worked has ended; `sound` unless it fell silent or was over at once. Too often: the one below. */
  ended(sound: boolean): void {
    this.#unsound = sound ? 0 : this.#unsound + 1;
    if (this.#unsound < UNSOUND || this.#at === this.size - 1) return;
    this.#unsound = 0;
    this.#good = -1;
    this.#at++;
  }

  /** Begins at the top again: the network is another one, or the top is known to work. */
  reset(): void {
    this.#at = 0;
    this.#good = -1;
    this.#unsound = 0;
  }
}

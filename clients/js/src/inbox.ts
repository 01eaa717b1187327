import type { Message } from "./protocol.js";

const LIMIT = 1024; // messages that may wait for their reader

/** What `for await (… of channel)` tells of messages that were missed, or that its reader was too slow for. */
export interface Missed {
  type: "gap";
  event: "$gap";
  missed: number | null;
}

/** Messages for one `for await` loop, in order. Past the limit the oldest go, and are told as missed. */
export class Inbox implements AsyncIterableIterator<Message | Missed> {
  #items: (Message | Missed)[] = [];
  #wake: (() => void) | null = null;
  #dropped = 0;
  #over = false;
  #error: Error | null = null;

  /** `left`: the loop has ended. */
  constructor(readonly left: (inbox: Inbox) => void) {}

  put(item: Message | Missed): void {
    this.#items.push(item);
    if (this.#items.length > LIMIT) {
      this.#items.shift();
      this.#dropped++;
    }
    this.#wake?.();
  }

  /** Ends the loop after what waits, with the error if there is one. */
  end(error: Error | null): void {
    this.#over = true;
    this.#error = error;
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<Message | Missed>> {
    while (this.#items.length === 0) {
      if (this.#error) throw this.#error;
      if (this.#over) return { done: true, value: undefined };
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const missed = this.#dropped;
    this.#dropped = 0;
    return { done: false, value: missed ? { type: "gap", event: "$gap", missed } : this.#items.shift()! };
  }

  async return(): Promise<IteratorResult<Message | Missed>> {
    this.end(null);
    this.#items = [];
    this.left(this);
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

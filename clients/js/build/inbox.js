const LIMIT = 1024; // messages that may wait for their reader
/** Messages for one `for await` loop, in order. Past the limit the oldest go, and are told as missed. */
export class Inbox {
    left;
    #items = [];
    #wake = null;
    #dropped = 0;
    #over = false;
    #error = null;
    /** `left`: the loop has ended. */
    constructor(left) {
        this.left = left;
    }
    put(item) {
        this.#items.push(item);
        if (this.#items.length > LIMIT) {
            this.#items.shift();
            this.#dropped++;
        }
        this.#wake?.();
    }
    /** Ends the loop after what waits, with the error if there is one. */
    end(error) {
        this.#over = true;
        this.#error = error;
        this.#wake?.();
    }
    async next() {
        while (this.#items.length === 0) {
            if (this.#error)
                throw this.#error;
            if (this.#over)
                return { done: true, value: undefined };
            await new Promise((resolve) => (this.#wake = resolve));
        }
        const missed = this.#dropped;
        this.#dropped = 0;
        return { done: false, value: missed ? { type: "gap", event: "$gap", missed } : this.#items.shift() };
    }
    async return() {
        this.end(null);
        this.#items = [];
        this.left(this);
        return { done: true, value: undefined };
    }
    [Symbol.asyncIterator]() {
        return this;
    }
}
//# sourceMappingURL=inbox.js.map
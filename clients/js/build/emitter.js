/** Events by name. A handler that throws fails alone: its error is thrown where nobody of ours catches it. */
export class Emitter {
    #handlers = new Map();
    on(event, handler) {
        this.#handlers.set(event, [...this.#of(event), handler]);
        return this;
    }
    off(event, handler) {
        this.#handlers.set(event, this.#of(event).filter((each) => each !== handler));
        return this;
    }
    #of(event) {
        return this.#handlers.get(event) ?? [];
    }
    /** False: nobody listens. */
    emit(event, ...values) {
        const handlers = this.#of(event);
        for (const handler of handlers)
            try {
                handler(...values);
            }
            catch (error) {
                queueMicrotask(() => {
                    throw error;
                });
            }
        return handlers.length > 0;
    }
}
//# sourceMappingURL=emitter.js.map
type Handler = (...values: any[]) => void;

/** Events by name. A handler that throws fails alone: its error is thrown where nobody of ours catches it. */
export class Emitter {
  #handlers = new Map<string, Handler[]>();

  on(event: string, handler: Handler): this {
    this.#handlers.set(event, [...(this.#handlers.get(event) ?? []), handler]);
    return this;
  }

  off(event: string, handler: Handler): this {
    this.#handlers.set(event, (this.#handlers.get(event) ?? []).filter((each) => each !== handler));
    return this;
  }

  /** False: nobody listens. */
  protected emit(event: string, ...values: unknown[]): boolean {
    const handlers = this.#handlers.get(event) ?? [];
    for (const handler of handlers)
      try {
        handler(...values);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    return handlers.length > 0;
  }
}

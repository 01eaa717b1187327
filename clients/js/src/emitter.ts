type Handler = (...values: any[]) => void;

/** Events by name. A handler that throws fails alone: its error is thrown where nobody of ours catches it. */
export class Emitter {
  #handlers = new Map<string, Handler[]>();

  on(event: string, handler: Handler): this {
    this.#handlers.set(event, [...this.#of(event), handler]);
    return this;
  }

  off(event: string, handler: Handler): this {
    this.#handlers.set(event, this.#of(event).filter((each) => each !== handler));
    return this;
  }

  #of(event: string): Handler[] {
    return this.#handlers.get(event) ?? [];
  }

  /** False: nobody listens. */
  protected emit(event: string, ...values: unknown[]): boolean {
    const handlers = this.#of(event);
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

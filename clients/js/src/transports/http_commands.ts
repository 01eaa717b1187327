import { withBytes, withText } from "../bytes.js";
import type { Clock } from "../clock.js";
import type { Command } from "../protocol.js";
import type { Ending, Opening, Sink } from "./transport.js";

const ANSWER_LIMIT = 30_000; // ms that an answer may take, beyond a call's own timeout

export type Fetch = typeof fetch;

/**
 * Commands of an event stream's or poll's session, by POST /send; the answers go to the sink. One at a time for each
 * channel, since requests side by side may overtake each other. A command whose answer did not arrive ends the
 * connection: what became of it is not known.
 */
export class HttpCommands {
  token = "";
  #opening: Opening;
  #sink: Sink;
  #fetch: Fetch;
  #lanes = new Map<string, Promise<void>>();

  constructor(opening: Opening, sink: Sink, fetch: Fetch) {
    this.#opening = opening;
    this.#sink = sink;
    this.#fetch = fetch;
  }

  send({ token: credentials, ...command }: Command): void {
    const body = { ...withText(command), token: this.token, credentials }; // here `token` says whose command it is
    const lane = String(command.channel ?? command.action);
    const turn = (this.#lanes.get(lane) ?? Promise.resolve()).then(() => this.#post(command, JSON.stringify(body)));
    this.#lanes.set(lane, turn);
    turn.then(() => this.#lanes.get(lane) === turn && this.#lanes.delete(lane));
  }

  async #post(command: Command, body: string): Promise<void> {
    const { clock, base } = this.#opening;
    try {
      const response = await within(clock, ANSWER_LIMIT + Number(command.timeout ?? 0), (signal) =>
        this.#fetch(new URL("send", base), {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body,
          keepalive: command.action === "unsubscribe", // also from a page that goes
          signal,
        }),
      );
      const answer = await response.json();
      if (answer.error?.code === "expired" && !answer.channel) return this.#sink.closed({ reason: "the session has expired" });
      this.#sink.message(answer.error ? { ...answer, ...pause(response, answer.error), type: "error" } : withBytes(answer));
    } catch (error) {
      this.#sink.closed({ reason: `a command could not be sent: ${(error as Error).message}` });
    }
  }
}

function pause(response: Response, error: { retry_after?: number }): object {
  const seconds = Number(response.headers.get("Retry-After"));
  return { ...error, retry_after: error.retry_after ?? (seconds ? seconds * 1000 : undefined) };
}

/** Why a stream or poll was refused. */
export async function refusal(response: Response): Promise<Ending> {
  const { error = {} } = await response.json().catch(() => ({}));
  const { retry_after } = pause(response, error) as { retry_after?: number };
  return { reason: error.message ?? `status ${response.status}`, error: error.code, retryAfter: retry_after };
}

/** Aborts what takes longer than `ms`. */
export async function within<T>(clock: Clock, ms: number, what: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const timer = clock.after(ms, () => abort.abort());
  try {
    return await what(abort.signal);
  } finally {
    timer.stop();
  }
}

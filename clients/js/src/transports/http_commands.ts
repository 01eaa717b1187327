import { withBytes, withText } from "../bytes.js";
import type { Command, ServerMessage } from "../protocol.js";
import type { Ending, Opening, Sink } from "./transport.js";

const ANSWER_LIMIT = 30_000; // ms that an answer may take, beyond a call's own timeout

export type Fetch = typeof fetch;

/**
 * Sends commands of an event stream's or poll's session, by POST /send; the answers go to the sink. One at a time for
 * each channel, since requests side by side may overtake each other. A command whose answer did not arrive ends the
 * connection: what became of it is not known.
 */
export function httpCommands({ base, clock }: Opening, sink: Sink, fetch: Fetch): (token: string, command: Command) => void {
  const lanes = new Map<unknown, Promise<void>>(); // channel → its last command

  async function post(command: Command, body: string): Promise<void> {
    const abort = new AbortController();
    const timer = clock.after(ANSWER_LIMIT + Number(command.timeout ?? 0), () => abort.abort());
    try {
      const response = await fetch(new URL("send", base), {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
        keepalive: command.action === "unsubscribe", // also from a page that goes
        signal: abort.signal,
      });
      const answer = await response.json();
      const { error, id, channel } = answer;
      if (!error) sink.answer(withBytes(answer));
      else if (error.code === "expired" && !channel) sink.closed({ reason: error.message });
      else sink.answer({ ...error, retry_after: pauseOf(response, error), type: "error", id, channel });
    } catch (error) {
      sink.closed({ reason: (error as Error).message });
    }
    timer.stop();
  }

  return (token, { token: credentials, ...command }) => {
    const body = JSON.stringify({ ...withText(command), token, credentials }); // here `token` says whose command it is
    const lane = command.channel ?? command.action;
    lanes.set(lane, (lanes.get(lane) ?? Promise.resolve()).then(() => post(command, body)));
  };
}

/** A stream or poll says by its token which session it is: the answer to `resume` follows from that. */
export function resumption({ id, token }: Command, session: ServerMessage): ServerMessage {
  return token === session.token ? { ...session, type: "resumed", id } : { type: "error", id, code: "expired" };
}

/** Why a stream or poll was refused. */
export async function refusal(response: Response): Promise<Ending> {
  const { error = {} } = await response.json().catch(() => ({}));
  return { reason: error.message ?? `status ${response.status}`, error: error.code, retryAfter: pauseOf(response, error) };
}

function pauseOf({ headers }: Response, { retry_after }: { retry_after?: number }): number | undefined {
  return retry_after ?? (Number(headers.get("Retry-After")) * 1000 || undefined);
}

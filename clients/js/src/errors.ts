/**
 * Why something did not happen: a code of docs/protocol.md, or one of the client's own:
 *   disconnected   the connection was lost, or there is none and nothing may wait
 *   closed         the client was closed, or the channel was left
 *   queue_full     too much waits for the connection (`queueLimit`)
 * `sent`: the command had left for the node, which may have carried it out. A retry with the same `key` is then safe for
 * the same session or user.
 */
export class TroupeError extends Error {
  override name = "TroupeError";

  constructor(
    readonly code: string,
    message: string,
    readonly sent = false,
    /** ms after which another try makes sense */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

export function disconnected(sent = false): TroupeError {
  return new TroupeError("disconnected", "no connection", sent);
}

/** Errors after which the same try may succeed in a moment. */
export const PASSING_ERRORS = new Set(["busy", "timeout", "unavailable", "internal", "limit"]);

/** Close codes, and errors of those who ask to be let in, after which coming back would only fail again. */
export const FINAL = new Set<unknown>([1000, 1002, 1003, 1007, 1008, 1009, 4000, 4003, 4004, "bad_origin", "unauthorised", "refused", "replaced", "kicked"]);

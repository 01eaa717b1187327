/**
 * Why something did not happen: a code of docs/protocol.md, or one of the client's own:
 *   disconnected   the connection was lost, or there is none and nothing may wait
 *   closed         the client was closed, or the channel was left
 *   queue_full     too much waits for the connection (`queueLimit`)
 * `sent`: the command had left for the node, which may have carried it out. A retry with the same `key` is then safe for
 * the same session or user.
 */
export class TroupeError extends Error {
    code;
    sent;
    retryAfter;
    name = "TroupeError";
    constructor(code, message, sent = false, 
    /** ms after which another try makes sense */
    retryAfter) {
        super(message);
        this.code = code;
        this.sent = sent;
        this.retryAfter = retryAfter;
    }
}
export function disconnected(sent = false) {
    return new TroupeError("disconnected", "no connection", sent);
}
/** Errors after which the same try may succeed in a moment. */
export const PASSING_ERRORS = new Set(["busy", "timeout", "unavailable", "internal", "limit"]);
/** Close codes after which coming back would only fail again. */
export const FINAL_CODES = new Set([1000, 1002, 1003, 1007, 1008, 1009, 4000, 4003, 4004]);
//# sourceMappingURL=errors.js.map
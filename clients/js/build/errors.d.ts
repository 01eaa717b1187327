/**
 * Why something did not happen: a code of docs/protocol.md, or one of the client's own:
 *   disconnected   the connection was lost, or there is none and nothing may wait
 *   closed         the client was closed, or the channel was left
 *   queue_full     too much waits for the connection (`queueLimit`)
 * `sent`: the command had left for the node, which may have carried it out. A retry with the same `key` is then safe for
 * the same session or user.
 */
export declare class TroupeError extends Error {
    readonly code: string;
    readonly sent: boolean;
    /** ms after which another try makes sense */
    readonly retryAfter?: number | undefined;
    name: string;
    constructor(code: string, message: string, sent?: boolean, 
    /** ms after which another try makes sense */
    retryAfter?: number | undefined);
}
export declare function disconnected(sent?: boolean): TroupeError;
/** Errors after which the same try may succeed in a moment. */
export declare const PASSING_ERRORS: Set<string>;
/** Close codes after which coming back would only fail again. */
export declare const FINAL_CODES: Set<number>;

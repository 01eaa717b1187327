import { withBytes, withText } from "../bytes.js";
const ANSWER_LIMIT = 30000; // ms that an answer may take, beyond a call's own timeout
/**
 * Sends commands of an event stream's or poll's session, by POST /send; the answers go to the sink. One at a time for
 * each channel, since requests side by side may overtake each other. A command whose answer did not arrive ends the
 * connection: what became of it is not known.
 */
export function httpCommands({ base, clock }, sink, fetch) {
    const lanes = new Map(); // channel → its last command
    async function post(command, body) {
        const abort = new AbortController();
        const timer = clock.after(ANSWER_LIMIT + Number(command.timeout ?? 0), () => abort.abort());
        try {
            const response = await fetch(new URL("send", base), {
                method: "POST",
                headers: { "Content-Type": "application/json" },
                body,
                keepalive: command.action === "unsubscribe",
                signal: abort.signal,
            });
            const answer = await response.json();
            const { error, id, channel } = answer;
            if (!error)
                sink.answer(withBytes(answer));
            else if (error.code === "expired" && !channel)
                sink.closed({ reason: error.message });
            else
                sink.answer({ ...error, retry_after: pauseOf(response, error), type: "error", id, channel });
        }
        catch (error) {
            sink.closed({ reason: error.message });
        }
        timer.stop();
    }
    return (token, { token: credentials, ...command }) => {
        const body = JSON.stringify({ ...withText(command), token, credentials }); // here `token` says whose command it is
        const lane = command.channel ?? command.action;
        lanes.set(lane, (lanes.get(lane) ?? Promise.resolve()).then(() => post(command, body)));
    };
}
/** A stream or poll says by its token which session it is; the answer to `resume` follows from that. */
export function resumption({ id, token }, current) {
    return token === current ? { type: "resumed", id } : { type: "error", id, code: "expired" };
}
/** Why a stream or poll was refused. */
export async function refusal(response) {
    const { error = {}, channel } = await response.json().catch(() => ({}));
    return { reason: error.message ?? `status ${response.status}`, error: error.code, channel, retryAfter: pauseOf(response, error) };
}
function pauseOf({ headers }, { retry_after }) {
    return retry_after ?? (Number(headers.get("Retry-After")) * 1000 || undefined);
}
//# sourceMappingURL=http_commands.js.map
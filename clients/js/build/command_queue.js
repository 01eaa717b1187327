import { TroupeError, disconnected } from "./errors.js";
const WINDOW = 16; // commands without an answer that a node takes at once from one session
/** Sending a command twice does no harm. */
const REPEATABLE = new Set(["history", "presence", "ping", "unsubscribe"]);
/**
 * Commands that wait to be sent or answered, in the order in which they were given. Bounds: `limit` of them wait to be
 * sent, WINDOW to be answered; beyond, `queue_full`. Each promise is settled: by the answer, by its timeout, or, once the
 * connection was lost, as `sent` (it may have been carried out) unless it can be sent again without harm.
 */
export class CommandQueue {
    clock;
    limit;
    send;
    #entries = new Map();
    #nextId = 1;
    constructor(clock, limit, 
    /** False: there is no connection. */
    send) {
        this.clock = clock;
        this.limit = limit;
        this.send = send;
    }
    /** An id that was never used; for commands that are sent by others, settled with `expect`. */
    newId() {
        return this.#nextId++;
    }
    /** Waits for the answer to what another sends, on this connection. */
    expect(command) {
        return this.#enter({ ...command, id: command.id ?? this.newId() }, { gate: () => false, handshake: true }, true);
    }
    submit(command, submission) {
        if (!submission.handshake && this.#count(false) >= this.limit && !this.#mayGo(submission))
            return Promise.reject(this.limit ? new TroupeError("queue_full", "too much waits") : disconnected());
        const answer = this.#enter({ ...command, id: this.newId() }, submission, false);
        this.flush();
        return answer;
    }
    /** Sends what may go. */
    flush() {
        for (const entry of this.#entries.values())
            if (!entry.sent && this.#mayGo(entry))
                entry.sent = this.send(entry.command);
    }
    /** An answer has come; false: nobody waits for it. */
    settle(message) {
        const entry = this.#take(message.id);
        if (!entry)
            return false;
        const { type, code, message: words, retry_after } = message;
        if (type === "error")
            entry.reject(new TroupeError(code, words, code === "timeout", retry_after));
        else
            entry.resolve(message);
        this.flush();
        return true;
    }
    /** The connection has gone. */
    lost() {
        for (const { command, handshake, sent } of this.#entries.values())
            if (handshake || (sent && !isSafe(command)))
                this.#fail(command.id, disconnected(sent));
    }
    /** There is a session again; `same`: as the node sees it, it is the same session, or the same user. */
    renewed(same) {
        for (const entry of this.#entries.values()) {
            if (!entry.sent || entry.handshake)
                continue;
            if (same || REPEATABLE.has(entry.command.action))
                entry.sent = false;
            else
                this.#fail(entry.command.id, disconnected(true));
        }
        this.flush();
    }
    /** Gives up what was meant for a channel and has not been sent, or everything. */
    drop(error, channel) {
        for (const { command, sent } of this.#entries.values())
            if (channel === undefined || (!sent && command.channel === channel))
                this.#fail(command.id, new TroupeError(error.code, error.message, sent));
    }
    #mayGo({ gate, handshake }) {
        return (handshake || this.#count(true) < WINDOW) && gate();
    }
    #count(sent) {
        let count = 0;
        for (const entry of this.#entries.values())
            if (!entry.handshake && entry.sent === sent)
                count++;
        return count;
    }
    #enter(command, submission, sent) {
        return new Promise((resolve, reject) => {
            const id = command.id;
            const entry = { ...submission, command, sent, resolve, reject };
            const { timeout } = submission;
            if (timeout)
                entry.timer = this.clock.after(timeout, () => this.#fail(id, overdue(timeout, entry.sent)));
            this.#entries.set(id, entry);
        });
    }
    #fail(id, error) {
        this.#take(id)?.reject(error);
    }
    #take(id) {
        const entry = this.#entries.get(id);
        entry?.timer?.stop();
        this.#entries.delete(id);
        return entry;
    }
}
/** To be sent again in the same session: a key makes the node answer once. */
function isSafe({ action, key }) {
    return REPEATABLE.has(action) || key !== undefined;
}
function overdue(ms, sent) {
    return new TroupeError("timeout", `no answer within ${ms} ms`, sent);
}
//# sourceMappingURL=command_queue.js.map
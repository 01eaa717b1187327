import { withBytes } from "../bytes.js";
import { HttpCommands, refusal } from "./http_commands.js";
const HOLD = 30000; // ms; the node answers at least so often
const GRACE = 5000; // ms
/** Long polling, commands by POST. A poll that failed is asked again with the same cursor, and is told the same. */
export function poll(fetch) {
    const memory = { lease: null };
    return {
        name: "poll",
        joinsByAddress: true,
        pulse: () => ({ quiet: HOLD + GRACE, asks: false }),
        open: (opening, sink) => new PollConnection(opening, sink, fetch, memory),
    };
}
class PollConnection {
    waiting = 0;
    #abort = new AbortController();
    #commands;
    #opening;
    #sink;
    #fetch;
    #memory;
    constructor(opening, sink, fetch, memory) {
        this.#opening = opening;
        this.#sink = sink;
        this.#fetch = fetch;
        this.#memory = memory;
        this.#commands = new HttpCommands(opening, sink, fetch);
        this.#run().catch((error) => sink.closed({ reason: error.message }));
    }
    send(command) {
        this.#commands.send(command);
    }
    close() {
        this.#abort.abort();
    }
    async #run() {
        const { resume } = this.#opening;
        const { lease } = this.#memory;
        const kept = resume && lease && resume.token === lease.token ? lease : null;
        let answer = kept && (await this.#goOn(kept));
        answer ??= await this.#begin();
        while (answer && !this.#abort.signal.aborted) {
            this.#memory.lease = { token: answer.token, cursor: answer.cursor };
            answer = await this.#ask({ cursor: answer.cursor });
            if (answer && answer.token !== this.#commands.token) {
                this.#leave(answer);
                return this.#sink.closed({ reason: "the session has expired" });
            }
            if (answer)
                inOrder(answer).forEach((message) => this.#sink.message(message));
        }
    }
    /** The session of before; null if it is gone. */
    async #goOn(lease) {
        const answer = await this.#ask({ cursor: lease.cursor }, true);
        if (!answer)
            return null;
        if (answer.token !== lease.token)
            return this.#leave(answer);
        this.#welcome(answer);
        this.#sink.message({ type: "resumed", id: this.#opening.resume.id });
        inOrder(answer).forEach((message) => this.#sink.message(message));
        return answer;
    }
    /** The node has made a new session for the old cursor; we make our own, as on the other transports. */
    #leave({ token, positions }) {
        this.#commands.token = token;
        for (const channel in positions)
            this.#commands.send({ action: "unsubscribe", channel });
        return null;
    }
    async #begin() {
        const { channel, resume } = this.#opening;
        const { epoch, offset } = channel?.since ?? {};
        const answer = await this.#ask({ channel: channel?.name, since: epoch && `${epoch}-${offset}` });
        if (!answer)
            return null;
        this.#welcome(answer);
        if (resume)
            this.send(resume);
        if (channel)
            this.#sink.message(subscribed(channel.name, channel.since, answer));
        inOrder(answer).forEach((message) => this.#sink.message(message));
        return answer;
    }
    #welcome({ token }) {
        this.#commands.token = token;
        this.#sink.message({ type: "welcome", token });
    }
    /** Null: refused, and the sink knows; with `mayFail`, it does not. */
    async #ask(query, mayFail = false) {
        const url = new URL("poll", this.#opening.base);
        for (const [key, value] of Object.entries(query))
            if (value)
                url.searchParams.set(key, value);
        const response = await this.#fetch(url, { cache: "no-store", signal: this.#abort.signal });
        this.#sink.alive();
        if (response.ok)
            return response.json();
        const ending = await refusal(response);
        if (!mayFail)
            this.#sink.closed(ending);
        return null;
    }
}
/** A poll does not say `subscribed`; it follows from what the first answer holds. */
function subscribed(name, since, answer) {
    const gap = answer.gaps.find(({ channel }) => channel === name);
    const first = answer.messages.find(({ channel, offset }) => channel === name && offset);
    const { epoch, offset } = gap ?? since ?? answer.positions[name] ?? { epoch: "", offset: 0 };
    const start = gap || since || !first ? offset : first.offset - 1;
    answer.gaps = answer.gaps.filter((each) => each !== gap);
    return { type: "subscribed", channel: name, epoch, offset: start, data: null, recovered: since && !gap, missed: gap?.missed };
}
/** An answer has gaps and messages apart: each gap goes before what follows it. */
function inOrder({ messages, gaps, control = [] }) {
    const all = [];
    const waiting = new Set(gaps);
    for (const { message, ...rest } of messages) {
        for (const gap of waiting)
            if (gap.channel === rest.channel && gap.offset < rest.offset) {
                all.push(gap);
                waiting.delete(gap);
            }
        all.push(withBytes(rest.type && rest.type !== "push" ? rest : { type: "broadcast", ...rest, data: message }));
    }
    return [...all, ...waiting, ...control];
}
//# sourceMappingURL=poll.js.map
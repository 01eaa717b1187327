import { withBytes } from "../bytes.js";
import { httpCommands, refusal, resumption } from "./http_commands.js";
const HOLD = 30000; // ms; the node answers at least so often
const GRACE = 5000; // ms
/** Long polling, commands by POST. A poll that failed is asked again with the same cursor, and is told the same. */
export function poll(fetch) {
    let lease = null; // outlives a connection
    return {
        name: "poll",
        joinsByAddress: true,
        pulse: () => ({ quiet: HOLD + GRACE, asks: false }),
        open: (opening, sink) => open(opening, sink, fetch, lease, (next) => (lease = next)),
    };
}
function open(opening, sink, fetch, before, keep) {
    const { base, channel, resume } = opening;
    const abort = new AbortController();
    const commands = httpCommands(opening, sink, fetch);
    let token = "";
    async function run() {
        let { cursor } = (await goOn()) ?? (await begin());
        while (!abort.signal.aborted) {
            const answer = await ask({ cursor });
            if (answer.token !== token)
                throw leave(answer);
            take(answer);
            cursor = answer.cursor;
        }
    }
    /** The session of before, if it lives: a ping says so at once, where a poll would be held until there is news. */
    async function goOn() {
        if (!before || before.token !== resume?.token)
            return null;
        const { ok } = await fetch(new URL("send", base), {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ token: before.token, action: "ping" }),
            signal: abort.signal,
        });
        if (!ok)
            return null;
        welcome(before);
        return before;
    }
    async function begin() {
        const { epoch, offset } = channel?.since ?? {};
        const answer = await ask({ channel: channel?.name, since: epoch && `${epoch}-${offset}` });
        welcome(answer);
        if (channel)
            sink.message(subscribed(channel.name, channel.since, answer));
        take(answer);
        return answer;
    }
    function welcome(lease) {
        token = lease.token;
        sink.message({ type: "welcome", token });
        if (resume)
            sink.answer(resumption(resume, token));
    }
    /** The next cursor will say that we have these: not if nobody hears them any more. */
    function take(answer) {
        if (abort.signal.aborted)
            return;
        inOrder(answer).forEach(sink.message);
        keep(answer);
    }
    /** The node has made a new session for an old cursor; we make our own, as on the other transports. */
    function leave(answer) {
        for (const name in answer.positions)
            commands(answer.token, { action: "unsubscribe", channel: name });
        return new Error("the session has gone");
    }
    async function ask(query) {
        const url = new URL("poll", base);
        for (const key in query)
            if (query[key])
                url.searchParams.set(key, query[key]);
        const response = await fetch(url, { cache: "no-store", signal: abort.signal });
        sink.alive();
        if (response.ok)
            return response.json();
        throw await refusal(response);
    }
    run().catch(({ message, ...ending }) => sink.closed({ reason: message, ...ending }));
    return { send: (command) => commands(token, command), waiting: () => 0, close: () => abort.abort() };
}
/** A poll does not say `subscribed`; it follows from what the first answer holds. */
function subscribed(name, since, answer) {
    const gap = answer.gaps.find(({ channel }) => channel === name);
    const first = answer.messages.find(({ channel, offset }) => channel === name && offset);
    const { epoch, offset } = gap ?? since ?? answer.positions[name];
    answer.gaps = answer.gaps.filter((each) => each !== gap);
    return {
        type: "subscribed",
        channel: name,
        epoch,
        offset: gap || since || !first ? offset : first.offset - 1,
        data: null,
        recovered: since && !gap,
        missed: gap?.missed,
    };
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
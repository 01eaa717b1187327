import type { Message } from "./protocol.js";
/** What `for await (… of channel)` tells of messages that were missed, or that its reader was too slow for. */
export interface Missed {
    type: "gap";
    event: "$gap";
    missed: number | null;
}
/** Messages for one `for await` loop, in order. Past the limit the oldest go, and are told as missed. */
export declare class Inbox implements AsyncIterableIterator<Message | Missed> {
    #private;
    readonly left: (inbox: Inbox) => void;
    /** `left`: the loop has ended. */
    constructor(left: (inbox: Inbox) => void);
    put(item: Message | Missed): void;
    /** Ends the loop after what waits, with the error if there is one. */
    end(error: Error | null): void;
    next(): Promise<IteratorResult<Message | Missed>>;
    return(): Promise<IteratorResult<Message | Missed>>;
    [Symbol.asyncIterator](): this;
}

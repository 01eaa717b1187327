import { Emitter } from "./emitter.js";
import { Inbox, type Missed } from "./inbox.js";
import type { Command, History, Member, Message, Position } from "./protocol.js";
export interface CallOptions {
    /** ms until it is given up; calls: 10,000 if nothing is said, publishes: none. */
    timeout?: number;
    /**
     * Makes a retry safe: the node does once what it is told twice with one key. The client makes a key by itself, and
     * retries with it after the connection was lost; `false`: none, and no retry. Give your own to retry by yourself.
     */
    key?: string | false;
    /** Sent now or not at all, and nobody answers: for what is worthless a moment later. */
    volatile?: boolean;
}
export interface PublishOptions extends CallOptions {
    /** False: it is not told to us. Default true. */
    echo?: boolean;
    /** Not kept: whoever is away never hears it. */
    ephemeral?: boolean;
}
export interface HistoryOptions {
    limit?: number;
    /** Only what has an offset below it. */
    before?: number;
    /** Forward from here. */
    since?: Position;
}
export declare function publication(channel: string, event: string | null, data: unknown, { echo, ephemeral }: PublishOptions): Command;
/**
 * A channel as its client hears and uses it. Besides the channel's own events (one without a name is a `message`):
 *
 *   $subscribed (data, { first, recovered })  in, or in again; `data` is what the channel's class says to newcomers
 *   $gap (missed)                             so many publications were missed; null: nobody knows how many
 *   $presence ({ joined, left })              who came and went, if `presence` was asked for
 *   $refused (error)                          not let in, and not tried again
 *   $unsubscribed (reason, { again })         out; `again`: it comes back by itself
 */
export declare class Channel extends Emitter implements AsyncIterable<Message | Missed> {
    #private;
    readonly name: string;
    /** Up to where everything was told: `since` for another subscription. */
    get position(): Position | null;
    /** Resolves once we are in; rejects when we are not let in, or were put out. */
    joined(): Promise<void>;
    /** Resolves with its position; rejects with the error, or `disconnected` if nobody knows what became of it. */
    publish(event: string | null, data?: unknown, options?: PublishOptions): Promise<Position>;
    /** Asks the channel's class; resolves with its answer. */
    call<Answer = any>(event: string, data?: unknown, options?: CallOptions): Promise<Answer>;
    /** A page of what was said: the newest, unless the options say otherwise. */
    history(options?: HistoryOptions): Promise<History>;
    /** Everybody who is here. */
    presence(): Promise<Member[]>;
    /** Answers what the channel asks with this event; what `answer` returns, now or later, is sent back. */
    answer(event: string, answer: (data: any) => unknown): this;
    /** Leaves, and begins anew as somebody who has not been here. */
    rejoin(): void;
    /** Out, for good. */
    leave(): void;
    /** Every message from now on, and `$gap` where some were missed; ends when we are out. */
    [Symbol.asyncIterator](): Inbox;
}

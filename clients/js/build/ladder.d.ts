/**
 * Which transport an attempt takes: the first, and the next below where one fails without ever having worked. What had
 * worked gets a second chance first, since a node that is down fails everywhere.
 */
export declare class Ladder {
    #private;
    readonly size: number;
    constructor(size: number);
    get current(): number;
    worked(): void;
    /** The attempt failed; true: take the next one at once, false: pause first. */
    failed(): boolean;
    /** What worked has ended; `sound` unless it fell silent or was over at once. Too often: the one below. */
    ended(sound: boolean): void;
    /** Begins at the top again: the network is another one, or the top is known to work. */
    reset(): void;
}

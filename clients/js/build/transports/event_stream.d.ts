/**
 * Takes text/event-stream apart, in pieces as they come: calls `event` with the data of each event. Names, ids and
 * `retry` are not looked at: in envelopes everything is in the data.
 */
export declare function eventStream(event: (data: string) => void): (text: string) => void;

import { withBytes } from "../bytes.js";
import type { Command, ServerMessage } from "../protocol.js";
import { eventStream } from "./event_stream.js";
import { HttpCommands, refusal, type Fetch } from "./http_commands.js";
import type { Connection, Opening, Sink, Transport } from "./transport.js";

const COMMENT_PERIOD = 15_000; // ms; the node says something at least so often
const GRACE = 5_000; // ms

/** Envelopes by Server-Sent Events, commands by POST. Read with `fetch`, which tells a status and does not reconnect. */
export function sse(fetch: Fetch): Transport {
  return {
    name: "sse",
    joinsByAddress: true,
    pulse: () => ({ quiet: COMMENT_PERIOD + GRACE, asks: false }),
    open: (opening, sink) => new StreamConnection(opening, sink, fetch),
  };
}

class StreamConnection implements Connection {
  readonly waiting = 0;
  #abort = new AbortController();
  #commands: HttpCommands;
  #opening: Opening;
  #sink: Sink;

  constructor(opening: Opening, sink: Sink, fetch: Fetch) {
    this.#opening = opening;
    this.#sink = sink;
    this.#commands = new HttpCommands(opening, sink, fetch);
    this.#read(fetch).catch((error) => sink.closed({ reason: error.message }));
  }

  send(command: Command): void {
    this.#commands.send(command);
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(fetch: Fetch): Promise<void> {
    const response = await fetch(this.#address(), { cache: "no-store", signal: this.#abort.signal });
    if (!response.ok || !response.body) return this.#sink.closed(await refusal(response));
    const text = new TextDecoder();
    const take = eventStream((data) => this.#heard(JSON.parse(data)));
    const reader = response.body.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return this.#sink.closed({ reason: "the stream has ended" });
      this.#sink.alive();
      take(text.decode(value, { stream: true }));
    }
  }

  #address(): URL {
    const { base, channel } = this.#opening;
    const url = new URL("events?format=envelope", base);
    if (channel) url.searchParams.set("channel", channel.name);
    if (channel?.since) url.searchParams.set("lastEventId", `${channel.since.epoch}-${channel.since.offset}`);
    return url;
  }

  #heard(message: ServerMessage): void {
    if (message.type !== "connected") return this.#sink.message(withBytes(message));
    this.#commands.token = message.token;
    this.#sink.message({ ...message, type: "welcome" });
    if (this.#opening.resume) this.send(this.#opening.resume);
  }
}

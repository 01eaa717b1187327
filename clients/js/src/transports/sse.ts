import { withBytes } from "../bytes.js";
import type { ServerMessage } from "../protocol.js";
import { addressOf } from "./address.js";
import { eventStream } from "./event_stream.js";
import { httpCommands, refusal, resumption, type Fetch } from "./http_commands.js";
import type { Connection, Opening, Sink, Transport } from "./transport.js";

const COMMENT_PERIOD = 15_000; // ms; the node says something at least so often
const GRACE = 5_000; // ms

/** Envelopes by Server-Sent Events, commands by POST. Read with `fetch`, which tells a status and does not reconnect. */
export function sse(fetch: Fetch): Transport {
  return {
    name: "sse",
    pulse: () => ({ quiet: COMMENT_PERIOD + GRACE, asks: false }),
    open: (opening, sink) => open(opening, sink, fetch),
  };
}

function open(opening: Opening, sink: Sink, fetch: Fetch): Connection {
  const abort = new AbortController();
  const commands = httpCommands(opening, sink, fetch);
  let token = "";

  async function read(): Promise<void> {
    const response = await fetch(addressOf(opening, "events?format=envelope&channel="), { cache: "no-store", signal: abort.signal });
    if (!response.ok || !response.body) return sink.closed(await refusal(response));
    const text = new TextDecoder();
    const take = eventStream((data) => heard(JSON.parse(data)));
    const reader = response.body.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return sink.closed({ reason: "the stream has ended" });
      sink.alive();
      take(text.decode(value, { stream: true }));
    }
  }

  function heard(message: ServerMessage): void {
    if (message.type !== "connected") return sink.message(withBytes(message));
    token = message.token;
    sink.message({ ...message, type: "welcome" });
    if (opening.resume) sink.answer(resumption(opening.resume, message));
  }

  read().catch(({ message }) => sink.closed({ reason: message }));
  return { send: (command) => commands(token, command), waiting: () => 0, close: () => abort.abort() };
}

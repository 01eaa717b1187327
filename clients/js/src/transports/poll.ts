import { withBytes } from "../bytes.js";
import type { ServerMessage } from "../protocol.js";
import { addressOf } from "./address.js";
import { httpCommands, refusal, resumption, type Fetch } from "./http_commands.js";
import type { Connection, Opening, Sink, Transport } from "./transport.js";

const HOLD = 30_000; // ms; the node answers at least so often
const GRACE = 5_000; // ms

/** Envelopes by long polling, commands by POST. The cursor says that what came before it has arrived. */
export function poll(fetch: Fetch): Transport {
  return {
    name: "poll",
    pulse: () => ({ quiet: HOLD + GRACE, asks: false }),
    open: (opening, sink) => open(opening, sink, fetch),
  };
}

function open(opening: Opening, sink: Sink, fetch: Fetch): Connection {
  const abort = new AbortController();
  const commands = httpCommands(opening, sink, fetch);
  let token = "";

  async function run(): Promise<void> {
    let url = addressOf(opening, "poll?format=envelope&channel=");
    for (;;) {
      const response = await fetch(url, { cache: "no-store", signal: abort.signal });
      sink.alive();
      if (!response.ok) return sink.closed(await refusal(response));
      const { messages, cursor, ...session } = await response.json();
      if (!token) welcome(session);
      else if (session.token !== token) throw new Error("the session has gone");
      messages.map(withBytes).forEach(sink.message);
      url = new URL("poll?format=envelope", opening.base);
      url.searchParams.set("cursor", cursor);
    }
  }

  function welcome(session: ServerMessage): void {
    token = session.token;
    sink.message({ ...session, type: "welcome" });
    if (opening.resume) sink.answer(resumption(opening.resume, session));
  }

  run().catch(({ message }) => sink.closed({ reason: message }));
  return { send: (command) => commands(token, command), waiting: () => 0, close: () => abort.abort() };
}

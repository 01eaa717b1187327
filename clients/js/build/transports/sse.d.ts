import { type Fetch } from "./http_commands.js";
import type { Transport } from "./transport.js";
/** Envelopes by Server-Sent Events, commands by POST. Read with `fetch`, which tells a status and does not reconnect. */
export declare function sse(fetch: Fetch): Transport;

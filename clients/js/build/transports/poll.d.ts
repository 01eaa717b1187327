import { type Fetch } from "./http_commands.js";
import type { Transport } from "./transport.js";
/** Long polling, commands by POST. A poll that failed is asked again with the same cursor, and is told the same. */
export declare function poll(fetch: Fetch): Transport;

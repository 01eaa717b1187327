import { Client } from "./client.js";
import { systemClock } from "./clock.js";
import { json } from "./codec.js";
import { poll } from "./transports/poll.js";
import { sse } from "./transports/sse.js";
import { websocket } from "./transports/websocket.js";
/** A client of the node; it connects by itself, now and whenever it lost the connection. */
export function connect(options = {}) {
    const { url = "/", transports = ["websocket", "sse", "poll"], codec = json, queueLimit = 256, callTimeout = 10000, connectTimeout = 8000, WebSocket: Socket = globalThis.WebSocket, fetch: get = (...request) => fetch(...request), token, carrier, } = typeof options === "string" ? { url: options } : options;
    const all = { websocket: Socket && websocket(Socket), sse: sse(get), poll: poll(get) };
    return new Client({
        base: addressOf(url),
        clock: systemClock,
        codec,
        transports: transports.map((name) => all[name]).filter(Boolean),
        token,
        carrier,
        queueLimit,
        callTimeout,
        connectTimeout,
    });
}
function addressOf(url) {
    const base = new URL(url, globalThis.location?.href);
    base.protocol = base.protocol.replace("ws", "http");
    if (!base.pathname.endsWith("/"))
        base.pathname += "/";
    return base;
}
export { TroupeError } from "./errors.js";
//# sourceMappingURL=index.js.map
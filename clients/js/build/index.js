import { Client } from "./client.js";
import { systemClock } from "./clock.js";
import { json } from "./codec.js";
import { poll } from "./transports/poll.js";
import { sse } from "./transports/sse.js";
import { websocket } from "./transports/websocket.js";
/** A client of the node; it connects by itself, now and whenever it lost the connection. */
export function connect(options = {}) {
    const given = typeof options === "string" ? { url: options } : options;
    const Socket = given.WebSocket ?? globalThis.WebSocket;
    const get = given.fetch ?? ((...request) => fetch(...request));
    const all = {
        websocket: Socket ? websocket(Socket) : null,
        sse: sse(get),
        poll: poll(get),
    };
    const transports = (given.transports ?? ["websocket", "sse", "poll"]).map((name) => all[name]).filter((each) => each !== null);
    return new Client({
        base: addressOf(given.url),
        clock: systemClock,
        codec: given.codec ?? json,
        transports: transports,
        token: given.token,
        carrier: given.carrier,
        queueLimit: given.queueLimit ?? 256,
        callTimeout: given.callTimeout ?? 10000,
        connectTimeout: given.connectTimeout ?? 8000,
    });
}
function addressOf(url = "/") {
    const base = new URL(url, globalThis.location?.href);
    base.protocol = base.protocol.replace("ws", "http");
    if (!base.pathname.endsWith("/"))
        base.pathname += "/";
    return base;
}
export { TroupeError } from "./errors.js";
//# sourceMappingURL=index.js.map
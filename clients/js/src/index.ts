import { Client } from "./client.js";
import { systemClock } from "./clock.js";
import { json, type Codec } from "./codec.js";
import { poll } from "./transports/poll.js";
import { sse } from "./transports/sse.js";
import type { TransportName } from "./transports/transport.js";
import { websocket } from "./transports/websocket.js";
import type { Settings } from "./session.js";

export interface Options {
  /** The node's address, `http(s)` or `ws(s)`; this page's own if nothing is said. */
  url?: string | URL;
  /** Shows who we are; a function is called anew for each connection. */
  token?: Settings["token"];
  /** The transports to try, the best first. Default: WebSocket, Server-Sent Events, long polling. */
  transports?: TransportName[];
  /** How a WebSocket's messages are written. Default: JSON. */
  codec?: Codec;
  /** Commands that may wait for a connection (256); 0: while there is none, they are rejected at once. */
  queueLimit?: number;
  /** ms that a call may take if it does not say (10,000) */
  callTimeout?: number;
  /** ms until an attempt by a silent transport is given up (8,000) */
  connectTimeout?: number;
  /** For programs where they are not there: Node has a WebSocket from version 22 on, `ws` offers one before. */
  WebSocket?: any;
  fetch?: typeof fetch;
}

/** A client of the node; it connects by itself, now and whenever it lost the connection. */
export function connect(options: Options | string = {}): Client {
  const {
    url = "/",
    transports = ["websocket", "sse", "poll"],
    codec = json,
    queueLimit = 256,
    callTimeout = 10_000,
    connectTimeout = 8_000,
    WebSocket: Socket = globalThis.WebSocket,
    fetch: get = (...request: Parameters<typeof fetch>) => fetch(...request),
    token,
  } = typeof options === "string" ? ({ url: options } as Options) : options;
  const all = { websocket: Socket && websocket(Socket), sse: sse(get), poll: poll(get) };
  return new Client({
    base: addressOf(url),
    clock: systemClock,
    codec,
    transports: transports.map((name) => all[name]).filter(Boolean),
    token,
    queueLimit,
    callTimeout,
    connectTimeout,
  });
}

function addressOf(url: string | URL): URL {
  const base = new URL(url, globalThis.location?.href);
  base.protocol = base.protocol.replace("ws", "http");
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  return base;
}

export { TroupeError } from "./errors.js";
export type { Client } from "./client.js";
export type { Channel, CallOptions, HistoryOptions, PublishOptions } from "./channel.js";
export type { Codec } from "./codec.js";
export type { Missed } from "./inbox.js";
export type { Status } from "./connector.js";
export type { Wishes } from "./membership.js";
export type { Command, History, Member, Message, Position, ServerMessage } from "./protocol.js";
export type { PresenceChange } from "./roster.js";
export type { TransportName } from "./transports/transport.js";

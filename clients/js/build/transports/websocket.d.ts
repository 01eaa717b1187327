import type { Transport } from "./transport.js";
declare type Constructor = new (url: string, protocol: string) => WebSocket;
/** The best there is: both ways on one connection, in order. */
export declare function websocket(Socket: Constructor): Transport;
export {};

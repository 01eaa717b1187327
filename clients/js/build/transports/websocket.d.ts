import type { Transport } from "./transport.js";
declare type Constructor = new (url: string, protocol: string) => WebSocket;
export declare function websocket(Socket: Constructor): Transport;
export {};

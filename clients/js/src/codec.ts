import { withBytes, withText } from "./bytes.js";
import type { Command, ServerMessage } from "./protocol.js";

/** How messages are written on a WebSocket; event streams and polls are always JSON. See msgpack.ts for the other one. */
export interface Codec {
  /** The WebSocket's subprotocol. */
  protocol: string;
  encode(command: Command): string | Uint8Array;
  decode(data: any): ServerMessage;
}

export const json: Codec = {
  protocol: "troupe.v1.json",
  encode: (command) => JSON.stringify(withText(command)),
  decode: (text) => withBytes(JSON.parse(text)),
};

// Bytes are Uint8Array to applications. JSON carries them as base64 in `data`, with `"encoding":"base64"` beside it.

import type { Command, ServerMessage } from "./protocol.js";

const CHUNK = 8192; // arguments of one call of fromCharCode

export function withText(command: Command): Command {
  return command.data instanceof Uint8Array ? { ...command, data: toBase64(command.data), encoding: "base64" } : command;
}

export function withBytes<M extends ServerMessage | { data?: any; encoding?: string }>(message: M): M {
  return message.encoding === "base64" ? { ...message, data: fromBase64(message.data), encoding: undefined } : message;
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(text);
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

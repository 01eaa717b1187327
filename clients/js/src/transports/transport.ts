import type { Codec } from "../codec.js";
import type { Clock } from "../clock.js";
import type { Pulse } from "../heartbeat.js";
import type { Command, Position, ServerMessage } from "../protocol.js";

/** What an attempt needs to know. */
export interface Opening {
  /** The node's address, with a slash at its end. */
  base: URL;
  clock: Clock;
  codec: Codec;
  /** Goes first, to go on with a session; answered `resumed`, or `expired` where that has gone. */
  resume: (Command & { token: string; received: number; attempt: number; positions: Record<string, Position> }) | null;
}

/** Why a connection ended. */
export interface Ending {
  reason: string;
  /** A WebSocket's close code. */
  code?: number;
  /** Why the node refused, as docs/protocol.md names it. */
  error?: string;
  /** ms after which another try makes sense */
  retryAfter?: number;
}

/** Hears one connection: `welcome` first, then the node's messages as on a WebSocket, then `closed`, once. */
export interface Sink {
  message(message: ServerMessage): void;
  /** The answer to a command, where it comes another way than what the node says: no part of what `resume` counts. */
  answer(message: ServerMessage): void;
  /** Bytes came, if only to show that the connection lives. */
  alive(): void;
  closed(ending: Ending): void;
}

export interface Connection {
  /** Commands for one channel arrive in the order in which they were sent. */
  send(command: Command): void;
  /** So many bytes wait for the network. */
  waiting(): number;
  /** Nothing is told to the sink any more. `goodbye`: the session ends, too; else it may be resumed. */
  close(goodbye: boolean): void;
}

/** One way to exchange messages with a node. A connection that fails to open is `closed` without a `welcome`. */
export interface Transport {
  readonly name: TransportName;
  pulse(heartbeat: number | undefined): Pulse;
  open(opening: Opening, sink: Sink): Connection;
}

export type TransportName = "websocket" | "sse" | "poll";

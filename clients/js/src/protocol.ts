// troupe.v1, as far as a client reads and writes it: docs/protocol.md.

/** A place in a channel: what was published up to `offset` in `epoch` is known. */
export interface Position {
  epoch: string;
  offset: number;
}

/** What a client says. `id` is set by the client; it comes back in the answer. */
export interface Command {
  action: string;
  id?: number;
  channel?: string;
  [key: string]: unknown;
}

/** What the node says, on any transport. */
export interface ServerMessage {
  type: string;
  id?: number;
  channel?: string;
  [key: string]: any;
}

/** A publication or push as its reader gets it; one without `offset` is ephemeral, or was said to this client alone. */
export interface Message<Data = any> {
  type: string;
  channel: string;
  event?: string;
  data: Data;
  offset?: number;
  timestamp: number;
  /** The session that said it; not told by long polls, nor where the node itself spoke. */
  from?: string;
}

/** A page of what was said. */
export interface History {
  publications: Message[];
  epoch: string;
  offset: number;
  more: boolean;
  recovered?: boolean;
}

export interface Member {
  session: string;
  user?: string;
  data?: unknown;
  /** Its connection is lost, and it may come back. */
  away?: boolean;
}

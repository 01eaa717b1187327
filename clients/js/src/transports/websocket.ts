import type { Connection, Opening, Sink, Transport } from "./transport.js";
import type { Command } from "../protocol.js";

const HEARTBEAT = 25_000; // ms, where the node does not say

type Constructor = new (url: string, protocol: string) => WebSocket;

export function websocket(Socket: Constructor): Transport {
  return {
    name: "websocket",
    joinsByAddress: false,
    pulse: (heartbeat = HEARTBEAT) => ({ quiet: heartbeat, asks: true }),
    open: (opening, sink) => new WebSocketConnection(Socket, opening, sink),
  };
}

class WebSocketConnection implements Connection {
  #socket: WebSocket;
  #opening: Opening;

  constructor(Socket: Constructor, opening: Opening, sink: Sink) {
    this.#opening = opening;
    const url = new URL("ws", opening.base);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new Socket(url.href, opening.codec.protocol);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => opening.resume && this.send(opening.resume);
    socket.onmessage = ({ data }) => {
      sink.alive();
      sink.message(opening.codec.decode(data));
    };
    socket.onclose = ({ code, reason }) => sink.closed({ code, reason: reason || `closed with ${code}` });
    this.#socket = socket;
  }

  get waiting(): number {
    return this.#socket.bufferedAmount;
  }

  send(command: Command): void {
    this.#socket.send(this.#opening.codec.encode(command));
  }

  /** 1000 says that the session is over; without a code it is not. A dead network would keep `onclose` waiting. */
  close(goodbye: boolean): void {
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    if (goodbye) this.#socket.close(1000);
    else this.#socket.close();
  }
}

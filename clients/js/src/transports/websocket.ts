import { addressOf } from "./address.js";
import type { Connection, Opening, Sink, Transport } from "./transport.js";

const HEARTBEAT = 25_000; // ms, where the node does not say

type Constructor = new (url: string, protocol: string) => WebSocket;

/** The best there is: both ways on one connection, in order. */
export function websocket(Socket: Constructor): Transport {
  return {
    name: "websocket",
    pulse: (heartbeat = HEARTBEAT) => ({ quiet: heartbeat, asks: true }),
    open: (opening, sink) => open(new Socket(socketAddress(opening), opening.codec.protocol), opening, sink),
  };
}

function socketAddress(opening: Opening): string {
  const url = addressOf(opening, "ws");
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

function open(socket: WebSocket, { codec, resume }: Opening, sink: Sink): Connection {
  const connection: Connection = {
    send: (command) => socket.send(codec.encode(command)),
    waiting: () => socket.bufferedAmount,

    /** 1000 says that the session is over; without a code it is not. A dead network would keep `onclose` waiting. */
    close(goodbye) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close(goodbye ? 1000 : undefined);
    },
  };
  socket.binaryType = "arraybuffer";
  socket.onopen = () => resume && connection.send(resume);
  socket.onmessage = ({ data }) => {
    sink.alive();
    sink.message(codec.decode(data));
  };
  socket.onerror = () => {}; // `ws` would throw it; `onclose` follows
  socket.onclose = ({ code, reason }) => sink.closed({ code, reason: reason || `closed with ${code}` });
  return connection;
}

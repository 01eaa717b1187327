const HEARTBEAT = 25000; // ms, where the node does not say
export function websocket(Socket) {
    return {
        name: "websocket",
        joinsByAddress: false,
        pulse: (heartbeat = HEARTBEAT) => ({ quiet: heartbeat, asks: true }),
        open: (opening, sink) => new WebSocketConnection(Socket, opening, sink),
    };
}
class WebSocketConnection {
    #socket;
    #opening;
    constructor(Socket, opening, sink) {
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
    get waiting() {
        return this.#socket.bufferedAmount;
    }
    send(command) {
        this.#socket.send(this.#opening.codec.encode(command));
    }
    /** 1000 says that the session is over; without a code it is not. A dead network would keep `onclose` waiting. */
    close(goodbye) {
        this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
        if (goodbye)
            this.#socket.close(1000);
        else
            this.#socket.close();
    }
}
//# sourceMappingURL=websocket.js.map
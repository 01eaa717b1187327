import type { Command, ServerMessage } from "./protocol.js";
export declare function withText(command: Command): Command;
export declare function withBytes<M extends ServerMessage | {
    data?: any;
    encoding?: string;
}>(message: M): M;

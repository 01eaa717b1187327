declare type Handler = (...values: any[]) => void;
/** Events by name. A handler that throws fails alone: its error is thrown where nobody of ours catches it. */
export declare class Emitter {
    #private;
    on(event: string, handler: Handler): this;
    off(event: string, handler: Handler): this;
    /** False: nobody listens. */
    protected emit(event: string, ...values: unknown[]): boolean;
}
export {};

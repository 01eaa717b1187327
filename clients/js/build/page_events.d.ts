/** What the page around a client goes through, told to who keeps its connection. */
export interface PageListener {
    /** Makes an attempt at once where one is waited for. */
    start(): void;
    /** There is reason to doubt that the connection lives. */
    doubt(): void;
    networkChanged(): void;
    suspend(): void;
}
declare type Page = Pick<typeof globalThis, "addEventListener" | "removeEventListener"> & {
    document?: {
        visibilityState: string;
    };
};
/** Tells `listener`, until the function that it returns is called. In Node nothing of this happens. */
export declare function watchPage(listener: PageListener, page?: Partial<Page>): () => void;
export {};

/** What the page around the client goes through; in Node, nothing of it. */
export interface PageListener {
    /** To be seen again after a while, or thawed: timers may have slept. */
    woke(): void;
    /** There is a network, perhaps another one. */
    online(): void;
    /** The network has gone, or so the browser says. */
    offline(): void;
    /** The page goes, perhaps to be kept for the back button (bfcache), which open connections would forbid. */
    hidden(): void;
    /** It is back. */
    shown(): void;
}
interface Target {
    addEventListener?(type: string, heard: () => void): void;
    removeEventListener?(type: string, heard: () => void): void;
    document?: Target & {
        visibilityState?: string;
    };
}
/** Tells `listener`; the answer stops it. */
export declare function watchPage(listener: PageListener, page?: Target): () => void;
export {};

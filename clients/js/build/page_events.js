/** Tells `listener`; the answer stops it. */
export function watchPage(listener, page = globalThis) {
    const { document } = page;
    const all = [
        [document, "visibilitychange", () => document?.visibilityState === "visible" && listener.woke()],
        [document, "resume", () => listener.woke()],
        [page, "online", () => listener.online()],
        [page, "offline", () => listener.offline()],
        [page, "pagehide", () => listener.hidden()],
        [page, "pageshow", () => listener.shown()],
    ];
    for (const [target, type, heard] of all)
        target?.addEventListener?.(type, heard);
    return () => {
        for (const [target, type, heard] of all)
            target?.removeEventListener?.(type, heard);
    };
}
//# sourceMappingURL=page_events.js.map
/** Tells `listener`, until the function that it returns is called. In Node nothing of this happens. */
export function watchPage(listener, page = globalThis) {
    const woke = () => {
        if (page.document?.visibilityState === "hidden")
            return;
        listener.doubt();
        listener.start();
    };
    const heard = {
        visibilitychange: woke,
        resume: woke,
        online: () => listener.networkChanged(),
        offline: () => listener.doubt(),
        pagehide: () => listener.suspend(),
        pageshow: () => listener.start(),
    };
    for (const type in heard)
        page.addEventListener?.(type, heard[type], true);
    return () => {
        for (const type in heard)
            page.removeEventListener?.(type, heard[type], true);
    };
}
//# sourceMappingURL=page_events.js.map
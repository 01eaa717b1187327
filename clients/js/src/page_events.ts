/** What the page around a client goes through, told to who keeps its connection. */
export interface PageListener {
  /** Makes an attempt at once where one is waited for. */
  start(): void;
  /** There is reason to doubt that the connection lives. */
  doubt(): void;
  networkChanged(): void;
  suspend(): void;
}

type Page = Pick<typeof globalThis, "addEventListener" | "removeEventListener"> & { document?: { visibilityState: string } };

/** Tells `listener`, until the function that it returns is called. In Node nothing of this happens. */
export function watchPage(listener: PageListener, page: Partial<Page> = globalThis): () => void {
  const woke = () => {
    if (page.document?.visibilityState === "hidden") return;
    listener.doubt();
    listener.start();
  };
  const heard: Record<string, () => void> = {
    visibilitychange: woke, // timers of a hidden tab run late
    resume: woke, // a frozen tab's did not run
    online: () => listener.networkChanged(),
    offline: () => listener.doubt(),
    pagehide: () => listener.suspend(), // perhaps to be kept for the back button (bfcache), which open connections forbid
    pageshow: () => listener.start(),
  };
  for (const type in heard) page.addEventListener?.(type, heard[type]!, true);
  return () => {
    for (const type in heard) page.removeEventListener?.(type, heard[type]!, true);
  };
}

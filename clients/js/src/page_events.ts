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
  document?: Target & { visibilityState?: string };
}

/** Tells `listener`; the answer stops it. */
export function watchPage(listener: PageListener, page: Target = globalThis as Target): () => void {
  const { document } = page;
  const all: [Target | undefined, string, () => void][] = [
    [document, "visibilitychange", () => document?.visibilityState === "visible" && listener.woke()],
    [document, "resume", () => listener.woke()],
    [page, "online", () => listener.online()],
    [page, "offline", () => listener.offline()],
    [page, "pagehide", () => listener.hidden()],
    [page, "pageshow", () => listener.shown()],
  ];
  for (const [target, type, heard] of all) target?.addEventListener?.(type, heard);
  return () => {
    for (const [target, type, heard] of all) target?.removeEventListener?.(type, heard);
  };
}

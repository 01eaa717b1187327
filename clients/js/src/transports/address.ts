import type { Opening } from "./transport.js";

/** Where a session begins or, with a token, goes on; the token is there before anything is said, since it names the shard. */
export function addressOf({ base, resume }: Opening, path: string): URL {
  const url = new URL(path, base);
  if (resume) {
    url.searchParams.set("token", resume.token);
    url.searchParams.set("received", String(resume.received));
    url.searchParams.set("attempt", String(resume.attempt));
  }
  return url;
}

import type { Opening } from "./transport.js";

const LONGEST = 4096;

/** Where a session begins or, with a token, goes on; the token is there before anything is said, since it names the shard. */
export function addressOf({ base, resume }: Opening, path: string): URL {
  const url = new URL(path, base);
  if (resume) {
    url.searchParams.set("token", resume.token);
    url.searchParams.set("received", String(resume.received));
    url.searchParams.set("attempt", String(resume.attempt));
    for (const [channel, at] of Object.entries(resume.positions)) {
      if (url.href.length > LONGEST) break; // they help where the node has forgotten much
      url.searchParams.append("at", `${channel}@${at.epoch}-${at.offset}`);
    }
  }
  return url;
}

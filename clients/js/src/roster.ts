import { Backoff } from "./backoff.js";
import type { Clock, Timer } from "./clock.js";
import { PASSING_ERRORS, TroupeError } from "./errors.js";
import type { Member } from "./protocol.js";

/** Who came and who went. Whoever went and came again is in both: apply `left` first. */
export interface PresenceChange {
  joined: Member[];
  left: Member[];
}

type Members = Map<string, Member>;

/**
 * Who is in a channel: the list that was asked for, and every change since. Changes that come before the list wait for
 * it; each is about one session, so its last one holds, whether the list knew of it or not.
 */
export class Roster {
  #members: Members = new Map();
  #changes: Map<string, Member | null> | null = null; // while the list is awaited; a session that went: null
  #backoff: Backoff;
  #timer: Timer | null = null;

  constructor(
    readonly clock: Clock,
    readonly list: () => Promise<Member[]>,
    readonly tell: (change: PresenceChange) => void,
  ) {
    this.#backoff = new Backoff(clock);
  }

  get members(): Member[] {
    return [...this.#members.values()];
  }

  /** Changes may have been missed: asks for the list, and tells how it differs from what was known. */
  async renew(): Promise<void> {
    this.clear();
    const changes = (this.#changes = new Map<string, Member | null>());
    try {
      const now: Members = new Map((await this.list()).map((member) => [member.session, member]));
      if (changes === this.#changes) this.#become(now, changes);
    } catch (error) {
      const { code, retryAfter = 0 } = error as TroupeError;
      if (changes === this.#changes && PASSING_ERRORS.has(code))
        this.#timer = this.clock.after(retryAfter + this.#backoff.next(), () => this.renew());
    }
  }

  #become(now: Members, changes: Map<string, Member | null>): void {
    for (const [session, member] of changes) put(now, session, member);
    const before = this.#members;
    this.#members = now;
    this.#changes = null;
    this.tell({ joined: beyond(before, now), left: beyond(now, before) });
  }

  changed({ joined, left }: PresenceChange): void {
    for (const { session } of left) this.#note(session, null);
    for (const member of joined) this.#note(member.session, member);
    if (!this.#changes) this.tell({ joined, left });
  }

  #note(session: string, member: Member | null): void {
    if (this.#changes) this.#changes.set(session, member);
    else put(this.#members, session, member);
  }

  /** Nothing is awaited any more. */
  clear(): void {
    this.#timer?.stop();
    this.#changes = null;
  }
}

function put(members: Members, session: string, member: Member | null): void {
  if (member) members.set(session, member);
  else members.delete(session);
}

/** Who is in `members` and not, or not so, in `known`. */
function beyond(known: Members, members: Members): Member[] {
  return [...members.values()].filter((member) => JSON.stringify(member) !== JSON.stringify(known.get(member.session)));
}

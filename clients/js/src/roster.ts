import type { Member } from "./protocol.js";

/** Who came and who went, as the node says it. Whoever went and came again is in both: apply `left` first. */
export interface PresenceChange {
  joined: Member[];
  left: Member[];
  /** Sessions whose connection is lost, or is there again. */
  away?: string[];
  back?: string[];
  /** Users whose first session came, or whose last has gone. */
  came?: string[];
  gone?: string[];
  /** How many are here. */
  count: number;
}

/** Who is in a channel: the list that the node tells, and every change since; only how many, where they are too many. */
export class Roster {
  count = 0;
  #members = new Map<string, Member>();

  get members(): Member[] {
    return [...this.#members.values()];
  }

  /** What is new. A list is told as its difference to what was known. */
  heard({ members, joined, left = [], away = [], back = [], came, gone, count }: any): PresenceChange {
    const known = this.#members;
    this.count = count;
    if (!joined) {
      this.#members = byId(members ?? []);
      return { joined: beyond(known, this.#members), left: members ? beyond(this.#members, known) : [], count };
    }
    for (const { session } of left) known.delete(session);
    for (const member of joined) known.set(member.session, member);
    for (const session of [...away, ...back]) this.#mark(session, away.includes(session));
    return { joined, left, away, back, came, gone, count };
  }

  #mark(session: string, away: boolean): void {
    const member = this.#members.get(session);
    if (member) this.#members.set(session, { ...member, away: away || undefined });
  }
}

function byId(members: Member[]): Map<string, Member> {
  return new Map(members.map((member) => [member.session, member]));
}

/** Who is in `members` and not, or as somebody else, in `known`. */
function beyond(known: Map<string, Member>, members: Map<string, Member>): Member[] {
  const who = (member?: Member) => JSON.stringify([member?.session, member?.user, member?.data]);
  return [...members.values()].filter((member) => who(member) !== who(known.get(member.session)));
}

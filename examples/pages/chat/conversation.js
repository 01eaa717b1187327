// What is seen of a conversation: lines in the room's order, and below them what we said and the room has not confirmed.
import { el, clock, colourOf } from "/shared/page.js";

const LINES_MAX = 500;
const NEAR_END = 80; // pixels

export class Conversation {
  #log;
  #pending = new Map(); // our id → the bubble that waits for the room

  constructor(log) {
    this.#log = log;
  }

  /** Another room, or none. */
  clear() {
    this.#pending.clear();
    this.#log.replaceChildren();
  }

  note(text, big = false) {
    this.#insert(el("li", { class: big ? "event big" : "event" }, text));
  }

  /** Whether it stands here: who comes back is told again what it may have heard. */
  has(message) {
    return this.#log.querySelector(`[data-key="${CSS.escape(keyOf(message))}"]`) !== null;
  }

  /** What the room said. */
  heard(message, mine) {
    const ours = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    ours?.classList.remove("pending", "lost");
    ours?.querySelector(".again")?.remove();
    const bubble = ours ?? bubbleOf(message, mine);
    bubble.dataset.key = keyOf(message);
    this.#insert(bubble);
  }

  // -- what we said -----------------------------------------------------------

  /** Shown at once; the room's broadcast, which we hear like everybody else, confirms it under the same `id`. */
  said(id, message) {
    this.#wait(id, bubbleOf(message, true));
  }

  /** Offers to try again, unless the room's broadcast was sooner. */
  failed(id, why, retry) {
    const bubble = this.#pending.get(id);
    if (!bubble) return;
    bubble.classList.replace("pending", "lost");
    const again = el("button", { class: "again", type: "button" }, `${why}. Try again`);
    again.addEventListener("click", () => {
      again.remove();
      bubble.classList.remove("lost");
      this.#wait(id, bubble);
      retry();
    });
    this.#keepingEnd(() => bubble.append(again));
  }

  #wait(id, bubble) {
    bubble.classList.add("pending");
    this.#pending.delete(id); // the last that waits stands last
    this.#insert(bubble, null);
    this.#pending.set(id, bubble);
  }

  // -- lines ------------------------------------------------------------------

  /** Above what waits. */
  #insert(line, before = this.#pending.values().next().value ?? null) {
    const left = line.nextElementSibling;
    this.#keepingEnd(() => {
      if (!line.isConnected || left !== before) this.#log.insertBefore(line, before);
      for (const each of [line, line.nextElementSibling, left]) if (each) group(each);
      while (this.#log.children.length > LINES_MAX && !this.#log.firstElementChild.matches(".pending, .lost")) this.#log.firstElementChild.remove();
    });
  }

  /** The end stays in view if it was. */
  #keepingEnd(change) {
    const log = this.#log;
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
    change();
    if (atEnd) log.scrollTop = log.scrollHeight;
  }
}

const keyOf = ({ from, id, time }) => `${from} ${id} ${time}`;

function bubbleOf({ name, text, time }, mine) {
  const who = el("span", { class: "who" }, name, el("time", {}, clock(time)));
  const bubble = el("li", { class: "message arrive", "data-name": name, "data-colour": colourOf(name) }, who, el("span", { class: "said" }, text));
  bubble.classList.toggle("mine", mine);
  return bubble;
}

/** Who goes on speaking is not named again. */
function group(line) {
  const name = line.dataset.name;
  line.classList.toggle("same", name !== undefined && line.previousElementSibling?.dataset.name === name);
}

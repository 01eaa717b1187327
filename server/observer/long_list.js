// A table of any length: pages of rows are fetched as one scrolls there, and elements made for the rows that are seen.

import { el } from "/observer/elements.js";

const PAGE = 200; // rows that are fetched together
const BEYOND = 6; // rows that are made above and below those that are seen

/**
 * `fetchPage(after, limit)` gives `{ rows, next, total }`; `keyOf(row)` names a row, `makeRow(row)` makes its <tr>, and
 * `updateRow(tr, row)` brings it up to date. A row's element stays as long as it is seen: a button is not replaced under
 * the pointer, and keeps its focus.
 */
export class LongList {
  #pages = []; // { after, rows, next }, one after the other
  #elements = new Map(); // key → <tr>, of the rows that are seen
  #above = el("tr", { class: "space", "aria-hidden": "true" });
  #below = el("tr", { class: "space", "aria-hidden": "true" });
  #busy = null; // a look under way
  #again = false; // another is wanted after it
  #turn = 0; // of the query: what an older one brings is thrown away
  #height = 0;
  #wanted = null; // what is drawn next frame

  constructor({ scroller, body, fetchPage, keyOf, makeRow, updateRow, onPage = () => {} }) {
    Object.assign(this, { scroller, body, fetchPage, keyOf, makeRow, updateRow, onPage });
    this.total = 0;
    scroller.addEventListener("scroll", () => this.#soon(), { passive: true });
    new ResizeObserver(() => this.#soon()).observe(scroller);
  }

  /** Another question: from the top. */
  async restart() {
    this.#turn++;
    this.#pages = [];
    this.#busy = null;
    this.#again = false;
    this.scroller.scrollTop = 0;
    await this.refresh();
  }

  /** The pages that are seen are fetched again; several calls in a row are one. */
  refresh() {
    if (this.#busy) {
      this.#again = true;
      return this.#busy;
    }
    const turn = this.#turn;
    return (this.#busy = this.#look(turn).finally(() => this.#rest(turn)));
  }

  /** What was wanted meanwhile is done now. */
  #rest(turn) {
    if (turn !== this.#turn) return;
    this.#busy = null;
    this.#soon(); // perhaps one has scrolled to where more is to be fetched
    if (!this.#again) return;
    this.#again = false;
    this.refresh().catch(() => {});
  }

  async #look(turn) {
    const [first, last] = this.#seen();
    let before = 0;
    const seen = [];
    for (const page of this.#pages) {
      if (before < last && before + page.rows.length > first) seen.push(page);
      before += page.rows.length;
    }
    if (seen.length === 0) seen.push((this.#pages[0] ??= { after: "", rows: [], next: null }));
    for (const page of seen) {
      await this.#fill(page, turn);
      if (turn !== this.#turn) return;
    }
    this.#draw();
  }

  /** What follows a page begins where that ends now. */
  async #fill(page, turn) {
    const got = await this.fetchPage(page.after, PAGE);
    if (turn !== this.#turn) return;
    Object.assign(page, { rows: got.rows, next: got.next ?? null });
    this.total = got.total;
    const behind = this.#pages.indexOf(page) + 1;
    if (!page.next || page.rows.length === 0) this.#pages.length = behind;
    else if (this.#pages[behind]) this.#pages[behind].after = page.next;
    this.onPage(got);
  }

  async #more() {
    const last = this.#pages.at(-1);
    if (!last?.next || this.#busy) return;
    const page = { after: last.next, rows: [], next: null };
    this.#pages.push(page);
    const turn = this.#turn;
    const forget = () => this.#pages.includes(page) && this.#pages.splice(this.#pages.indexOf(page), 1);
    this.#busy = this.#fill(page, turn)
      .catch(forget)
      .finally(() => this.#rest(turn));
  }

  #loaded() {
    return this.#pages.reduce((sum, page) => sum + page.rows.length, 0);
  }

  #seen() {
    const high = this.#height || 38;
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / high) - BEYOND);
    return [first, first + Math.ceil(this.scroller.clientHeight / high) + 2 * BEYOND];
  }

  #soon() {
    this.#wanted ??= requestAnimationFrame(() => ((this.#wanted = null), this.#draw()));
  }

  #rows(first, last) {
    const rows = [];
    const keys = new Set(); // of two pages that were fetched one after the other a row may be in both
    let before = 0;
    for (const page of this.#pages) {
      for (let i = Math.max(0, first - before); i < page.rows.length && before + i < last; i++) {
        const key = this.keyOf(page.rows[i]);
        if (!keys.has(key)) rows.push([key, page.rows[i]]);
        keys.add(key);
      }
      before += page.rows.length;
    }
    return rows;
  }

  #draw() {
    const [first, last] = this.#seen();
    const rows = this.#rows(first, last);
    const keep = new Set(rows.map(([key]) => key));
    for (const [key, element] of this.#elements) if (!keep.has(key)) this.#elements.delete(key), element.remove();
    if (this.body.firstChild !== this.#above) this.body.prepend(this.#above);
    let place = this.#above;
    for (const [key, row] of rows) {
      const element = this.#elements.get(key) ?? this.makeRow(row);
      this.#elements.set(key, element);
      this.updateRow(element, row);
      if (place.nextSibling !== element) place.after(element);
      place = element;
    }
    if (place.nextSibling !== this.#below) place.after(this.#below);
    if (rows.length > 0) this.#height = place.getBoundingClientRect().height || this.#height;
    const all = this.#loaded();
    this.#above.style.height = `${Math.min(first, all) * this.#height}px`;
    this.#below.style.height = `${Math.max(0, all - first - rows.length) * this.#height}px`;
    if (last + PAGE / 4 > all) this.#more();
  }
}

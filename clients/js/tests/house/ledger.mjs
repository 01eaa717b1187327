// Compares what a client was told of a channel with what was published: in order, each once, and nothing missing that
// no gap spoke of.
import assert from "node:assert/strict";

export class Ledger {
  #told = []; // { epoch, offset, data } or { gap: true }

  constructor(channel) {
    this.channel = channel;
    channel.on("said", (data, { offset }) => this.#told.push({ epoch: channel.position.epoch, offset, data }));
    channel.on("$gap", () => this.#told.push({ gap: true }));
    channel.on("$subscribed", (_, { first }) => first && this.#told.push({ start: channel.position }));
  }

  get data() {
    return this.#told.filter(({ offset }) => offset).map(({ data }) => data);
  }

  get gaps() {
    return this.#told.filter(({ gap }) => gap).length;
  }

  /** `published`: epoch → every publication's data, by offset. */
  check(published) {
    let at = null; // the position that is accounted for; null: a gap was told, anything may follow
    for (const entry of this.#told) {
      if (entry.gap) at = null;
      else if (entry.start) at = entry.start;
      else {
        const { epoch, offset, data } = entry;
        assert.deepEqual(data, published.get(epoch)?.get(offset), `${this.channel.name}: offset ${offset} of ${epoch} is something else`);
        if (at) {
          assert.equal(epoch, at.epoch, `${this.channel.name}: another epoch, and nobody told of a gap`);
          for (let missing = at.offset + 1; missing < offset; missing++)
            assert.ok(!published.get(epoch).has(missing), `${this.channel.name}: ${missing} of ${epoch} is missing before ${offset}`);
          assert.ok(offset > at.offset, `${this.channel.name}: ${offset} after ${at.offset}`);
        }
        at = { epoch, offset };
      }
    }
    return at;
  }
}

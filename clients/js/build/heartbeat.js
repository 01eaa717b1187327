const PATIENCE = 10000; // ms that an answer may take
const HASTY = 5000; // ms, where there is reason for doubt
const LATE = 2000; // ms by which a timer that did not run in time is late: the machine slept, or the tab was throttled
/**
 * Notices that a connection is dead. Who runs late proves nothing: after a sleep or in a throttled tab the answer may be
 * there, unread; so a deadline that was itself late asks again instead of giving up.
 */
export class Heartbeat {
    clock;
    ask;
    dead;
    #pulse;
    #timer = null;
    #heardAt = 0;
    #answered = false;
    /** `ask` sends a ping; `dead` ends the connection. */
    constructor(clock, ask, dead) {
        this.clock = clock;
        this.ask = ask;
        this.dead = dead;
    }
    start(pulse) {
        this.#pulse = pulse;
        this.heard();
        this.#listen();
    }
    heard() {
        this.#heardAt = this.clock.now();
        this.#answered = true;
    }
    stop() {
        this.#timer?.stop();
        this.#timer = null;
    }
    /** There is reason for doubt: the page was away, or the network has changed. */
    doubt() {
        if (!this.#timer)
            return;
        if (this.#pulse.asks)
            this.#question(HASTY);
        else if (this.#silence() > this.#pulse.quiet)
            this.dead();
    }
    #silence() {
        return Math.max(0, this.clock.now() - this.#heardAt);
    }
    #listen() {
        this.#wait(Math.max(0, this.#pulse.quiet - this.#silence()), () => {
            if (this.#silence() < this.#pulse.quiet)
                this.#listen();
            else
                this.#question(PATIENCE);
        });
    }
    #question(patience) {
        this.#answered = false;
        if (this.#pulse.asks)
            this.ask();
        this.#wait(patience, (late) => {
            if (this.#answered)
                this.#listen();
            else if (late)
                this.#question(patience);
            else
                this.dead();
        });
    }
    #wait(ms, then) {
        this.stop();
        const due = this.clock.now() + ms;
        this.#timer = this.clock.after(ms, () => then(this.clock.now() > due + LATE));
    }
}
//# sourceMappingURL=heartbeat.js.map
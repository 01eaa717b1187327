export const systemClock = {
    now: () => Date.now(),
    after(ms, what) {
        const timer = setTimeout(what, ms);
        return { stop: () => clearTimeout(timer) };
    },
    random: () => Math.random(),
};
//# sourceMappingURL=clock.js.map
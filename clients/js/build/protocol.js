// troupe.v1, as far as a client reads and writes it: docs/protocol.md.
export {};
//# sourceMappingURL=protocol.js.map
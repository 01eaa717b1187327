/**
 * Takes text/event-stream apart, in pieces as they come: calls `event` with the data of each event. Names, ids and
 * `retry` are not looked at: in envelopes everything is in the data.
 */
export function eventStream(event) {
    let rest = "";
    return (text) => {
        const blocks = (rest + text.replace(/\r/g, "")).split("\n\n");
        rest = blocks.pop();
        for (const block of blocks) {
            const lines = block.match(/^data:[^\n]*/gm); // a dot would stop at U+2028
            if (lines)
                event(lines.map((line) => line.slice(line[5] === " " ? 6 : 5)).join("\n"));
        }
    };
}
//# sourceMappingURL=event_stream.js.map
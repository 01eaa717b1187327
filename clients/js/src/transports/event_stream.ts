/**
 * Takes text/event-stream apart, in pieces as they come: calls `event` with the data of each event. Names, ids and
 * `retry` are not looked at: in envelopes everything is in the data.
 */
export function eventStream(event: (data: string) => void): (text: string) => void {
  let rest = "";
  let data: string[] = [];

  function line(text: string): void {
    if (text.startsWith("data:")) data.push(text.slice(text[5] === " " ? 6 : 5));
    if (text !== "" || data.length === 0) return;
    const whole = data.join("\n");
    data = [];
    event(whole);
  }

  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach((each) => line(each.replace(/\r$/, "")));
  };
}

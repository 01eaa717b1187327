// An EventSource whose data is JSON, and which also comes back after an answer other than 200: a browser takes that as
// the end. It goes on where it was.
//
//   openStream("/events?channel=metrics", { sample: (data) => …, message: (data) => … }, showStatus);

const FIRST_PAUSE = 2000;
const LONGEST_PAUSE = 30000;

/** `listeners`: event → what to do with its data; `message` hears those without a name. */
export function openStream(address, listeners, onStatus = () => {}) {
  let pause = FIRST_PAUSE;
  let position = "";

  function open() {
    onStatus("connecting");
    const source = new EventSource(position ? `${address}&lastEventId=${encodeURIComponent(position)}` : address);
    source.onopen = () => {
      pause = FIRST_PAUSE;
      onStatus("open");
    };
    source.onerror = () => {
      onStatus("waiting");
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(open, pause * (0.5 + Math.random() / 2));
      pause = Math.min(LONGEST_PAUSE, 2 * pause);
    };
    for (const [event, heard] of Object.entries(listeners))
      source.addEventListener(event, ({ data, lastEventId }) => {
        position = lastEventId || position;
        heard(JSON.parse(data));
      });
  }
  open();
}

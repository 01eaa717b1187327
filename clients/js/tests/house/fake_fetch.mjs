// A `fetch` that the test answers: each request waits until it is told what comes back.
import { settled } from "./clock.mjs";

export function fakeFetch() {
  const requests = [];
  const fetch = (url, options = {}) =>
    new Promise((resolve, reject) => {
      options.signal?.throwIfAborted();
      const request = {
        url: new URL(url),
        path: new URL(url).pathname,
        query: Object.fromEntries(new URL(url).searchParams),
        body: options.body && JSON.parse(options.body),
        options,
        aborted: false,
        async answer(body, { status = 200, headers = {} } = {}) {
          resolve(new Response(JSON.stringify(body), { status, headers }));
          await settled();
          await settled();
        },
        async stream() {
          let controller;
          resolve(new Response(new ReadableStream({ start: (c) => (controller = c) })));
          await settled();
          return {
            async write(text) {
              controller.enqueue(typeof text === "string" ? new TextEncoder().encode(text) : text);
              await settled();
            },
            async end() {
              controller.close();
              await settled();
            },
          };
        },
        async fail(message = "no network") {
          reject(new TypeError(message));
          await settled();
        },
      };
      options.signal?.addEventListener("abort", () => {
        request.aborted = true;
        reject(new DOMException("aborted", "AbortError"));
      });
      requests.push(request);
    });
  return { fetch, requests, last: (path) => requests.filter((each) => each.path === path).at(-1), of: (path) => requests.filter((each) => each.path === path) };
}

/** A transport with a fake network on one side and notes on the other. */
export function opened(transport, { clock, ...opening }) {
  const heard = [];
  const ends = [];
  const seen = { alive: 0 };
  const sink = { alive: () => seen.alive++, message: (message) => heard.push(message), answer: (message) => heard.push(message), closed: (ending) => ends.push(ending) };
  const connection = transport.open({ base: new URL("http://node.test/app/"), clock, resume: null, ...opening }, sink);
  return { connection, heard, ends, seen };
}

// The WebSocket that tests use in Node: its own, which it has from version 22 on, else that of the package `ws`.
import { createRequire } from "node:module";

const PLACES = ["ws", "/usr/share/nodejs/ws"]; // npm's, Debian's
const require = createRequire(import.meta.url);

function ofPackage() {
  for (const place of PLACES)
    try {
      return require(place);
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
    }
  throw new Error("this Node has no WebSocket, and `ws` is missing: script/setup --tests installs it, or npm install here");
}

export const WebSocket = globalThis.WebSocket ?? ofPackage();

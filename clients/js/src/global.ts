// For a script tag: `troupe.connect()`.
import { connect, TroupeError } from "./index.js";

Object.assign(globalThis, { troupe: { connect, TroupeError } });

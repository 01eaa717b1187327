import { withBytes, withText } from "./bytes.js";
export const json = {
    protocol: "troupe.v1.json",
    encode: (command) => JSON.stringify(withText(command)),
    decode: (text) => withBytes(JSON.parse(text)),
};
//# sourceMappingURL=codec.js.map
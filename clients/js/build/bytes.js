// Bytes are Uint8Array to applications. JSON carries them as base64 in `data`, with `"encoding":"base64"` beside it.
const CHUNK = 8192; // arguments of one call of fromCharCode
export function withText(command) {
    return command.data instanceof Uint8Array ? { ...command, data: toBase64(command.data), encoding: "base64" } : command;
}
export function withBytes(message) {
    return message.encoding === "base64" ? { ...message, data: fromBase64(message.data), encoding: undefined } : message;
}
function toBase64(bytes) {
    let text = "";
    for (let at = 0; at < bytes.length; at += CHUNK)
        text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
    return btoa(text);
}
function fromBase64(text) {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
//# sourceMappingURL=bytes.js.map
// The bytes on the wire of the board (examples/whiteboard/drawing.hpp): numbers little-endian, the board 65,536 square.

export const FULL = 65535;

/** u16 stroke | u8 colour | u8 width | (u16 x, u16 y) twice or more */
export function packPiece({ stroke, colour, width, points }) {
  const view = new DataView(new ArrayBuffer(4 + points.length * 4));
  view.setUint16(0, stroke, true);
  view.setUint8(2, colour);
  view.setUint8(3, width);
  points.forEach(([x, y], i) => {
    view.setUint16(4 + i * 4, x, true);
    view.setUint16(6 + i * 4, y, true);
  });
  return new Uint8Array(view.buffer);
}

export function unpackPiece(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const points = [];
  for (let at = 4; at + 4 <= bytes.length; at += 4) points.push([view.getUint16(at, true), view.getUint16(at + 2, true)]);
  return { stroke: view.getUint16(0, true), colour: view.getUint8(2), width: view.getUint8(3), points };
}

/** A page is pieces in a row, each after its length as u16. */
export function* piecesOf(page) {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  for (let at = 0; at + 2 <= page.length; ) {
    const length = view.getUint16(at, true);
    yield page.subarray(at + 2, at + 2 + length);
    at += 2 + length;
  }
}

/** u16 x | u16 y | u8 colour */
export function packCursor([x, y], colour) {
  const view = new DataView(new ArrayBuffer(5));
  view.setUint16(0, x, true);
  view.setUint16(2, y, true);
  view.setUint8(4, colour);
  return new Uint8Array(view.buffer);
}

export function unpackCursor(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { point: [view.getUint16(0, true), view.getUint16(2, true)], colour: view.getUint8(4) };
}

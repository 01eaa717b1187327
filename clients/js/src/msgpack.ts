// msgpack, as much of it as troupe.v1 needs: null, booleans, numbers, strings, bytes, arrays, maps.
//
//   connect({ codec: msgpack })            bytes travel as bytes: publish("draw", new Uint8Array(…))

import type { Codec } from "./codec.js";
import type { ServerMessage } from "./protocol.js";

export const msgpack: Codec = { protocol: "troupe.v1.msgpack", encode, decode: (data) => decode(data) as ServerMessage };

const toUtf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

// -- encoding -----------------------------------------------------------------

export function encode(value: unknown): Uint8Array {
  const out: number[] = [];
  write(value, out);
  return Uint8Array.from(out);
}

function write(value: unknown, out: number[]): void {
  if (value === null || value === undefined) out.push(0xc0);
  else if (value === false) out.push(0xc2);
  else if (value === true) out.push(0xc3);
  else if (typeof value === "number") writeNumber(value, out);
  else if (typeof value === "string") writeString(value, out);
  else if (value instanceof Uint8Array) writeBytes(value, out);
  else if (Array.isArray(value)) writeArray(value, out);
  else writeMap(value as object, out);
}

function writeNumber(n: number, out: number[]): void {
  if (!Number.isSafeInteger(n)) return writeView(0xcb, 8, (v) => v.setFloat64(0, n), out);
  if (n >= 0 && n < 128) out.push(n);
  else if (n < 0 && n >= -32) out.push(n & 0xff);
  else if (n >= 0 && n < 2 ** 32) writeView(0xce, 4, (v) => v.setUint32(0, n), out);
  else writeView(0xd3, 8, (v) => v.setBigInt64(0, BigInt(n)), out);
}

function writeView(tag: number, size: number, set: (view: DataView) => void, out: number[]): void {
  const view = new DataView(new ArrayBuffer(size));
  set(view);
  out.push(tag, ...new Uint8Array(view.buffer));
}

function writeString(text: string, out: number[]): void {
  const bytes = toUtf8.encode(text);
  if (bytes.length < 32) out.push(0xa0 | bytes.length);
  else writeLength([0xd9, 0xda, 0xdb], bytes.length, out);
  append(bytes, out);
}

function writeBytes(bytes: Uint8Array, out: number[]): void {
  writeLength([0xc4, 0xc5, 0xc6], bytes.length, out);
  append(bytes, out);
}

function writeArray(items: unknown[], out: number[]): void {
  if (items.length < 16) out.push(0x90 | items.length);
  else writeLength([null, 0xdc, 0xdd], items.length, out);
  for (const item of items) write(item, out);
}

function writeMap(map: object, out: number[]): void {
  const entries = Object.entries(map).filter(([, value]) => value !== undefined);
  if (entries.length < 16) out.push(0x80 | entries.length);
  else writeLength([null, 0xde, 0xdf], entries.length, out);
  for (const [key, value] of entries) {
    writeString(key, out);
    write(value, out);
  }
}

/** A length in the shortest of the forms that have a tag: 8, 16 or 32 bits. */
function writeLength([tag8, tag16, tag32]: [number | null, number, number], length: number, out: number[]): void {
  if (tag8 && length < 2 ** 8) out.push(tag8, length);
  else if (length < 2 ** 16) out.push(tag16, length >> 8, length & 0xff);
  else writeView(tag32, 4, (v) => v.setUint32(0, length), out);
}

function append(bytes: Uint8Array, out: number[]): void {
  for (const byte of bytes) out.push(byte);
}

// -- decoding -----------------------------------------------------------------

/** The value in an ArrayBuffer or Uint8Array; throws RangeError if it is cut short. */
export function decode(data: ArrayBuffer | Uint8Array): unknown {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  return new Reader(bytes).value();
}

class Reader {
  #bytes: Uint8Array;
  #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(): unknown {
    const tag = this.#uint(1);
    if (tag < 0x80) return tag;
    if (tag >= 0xe0) return tag - 0x100;
    if (tag < 0x90) return this.#map(tag & 0x0f);
    if (tag < 0xa0) return this.#array(tag & 0x0f);
    if (tag < 0xc0) return this.#text(tag & 0x1f);
    switch (tag) {
      case 0xc0: return null;
      case 0xc2: return false;
      case 0xc3: return true;
      case 0xc4: case 0xc5: case 0xc6: return this.#slice(this.#uint(1 << (tag - 0xc4)));
      case 0xca: return this.#view.getFloat32(this.#skip(4));
      case 0xcb: return this.#view.getFloat64(this.#skip(8));
      case 0xcc: case 0xcd: case 0xce: return this.#uint(1 << (tag - 0xcc));
      case 0xcf: return Number(this.#view.getBigUint64(this.#skip(8)));
      case 0xd0: return this.#view.getInt8(this.#skip(1));
      case 0xd1: return this.#view.getInt16(this.#skip(2));
      case 0xd2: return this.#view.getInt32(this.#skip(4));
      case 0xd3: return Number(this.#view.getBigInt64(this.#skip(8)));
      case 0xd9: case 0xda: case 0xdb: return this.#text(this.#uint(1 << (tag - 0xd9)));
      case 0xdc: case 0xdd: return this.#array(this.#uint(2 << (tag - 0xdc)));
      case 0xde: case 0xdf: return this.#map(this.#uint(2 << (tag - 0xde)));
    }
    throw new TypeError(`msgpack: nothing of ours begins with 0x${tag.toString(16)}`);
  }

  #skip(count: number): number {
    const start = this.#at;
    this.#at += count;
    if (this.#at > this.#bytes.length) throw new RangeError("msgpack: cut short");
    return start;
  }

  #uint(size: number): number {
    const at = this.#skip(size);
    return size === 1 ? this.#view.getUint8(at) : size === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #slice(length: number): Uint8Array {
    const start = this.#skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  #text(length: number): string {
    return fromUtf8.decode(this.#slice(length));
  }

  #array(length: number): unknown[] {
    const items: unknown[] = [];
    for (let i = 0; i < length; i++) items.push(this.value());
    return items;
  }

  #map(length: number): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    for (let i = 0; i < length; i++) {
      const key = this.value() as string;
      map[key] = this.value();
    }
    return map;
  }
}

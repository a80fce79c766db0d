/** Bytes as the hex view shows them: an offset, sixteen bytes, the same as ASCII. */
import { hexByte } from './utf8';

/** Bytes in a row: the width that people know from every hex dump. */
export const BYTES_PER_ROW = 16;

export interface HexRow {
  /** Eight digits or more. */
  offset: string;
  /** `7b 22 61 …`, a gap after the eighth, padded to a full row. */
  hex: string;
  /** What is not printable ASCII is a dot. */
  ascii: string;
}

/** How many rows so many bytes fill. */
export function hexRowCount(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_ROW);
}

/** One row, from 0. */
export function hexRow(bytes: Uint8Array, row: number): HexRow {
  const from = row * BYTES_PER_ROW;
  const part = [...bytes.subarray(from, from + BYTES_PER_ROW)];
  const cells = Array.from({ length: BYTES_PER_ROW }, (_, at) => {
    const byte = part[at];
    return byte === undefined ? '  ' : hexByte(byte);
  });
  return {
    offset: from.toString(16).padStart(8, '0'),
    hex: `${cells.slice(0, 8).join(' ')}  ${cells.slice(8).join(' ')}`,
    ascii: part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join(''),
  };
}

/** More places than anybody steps through. */
const MOST_PLACES = 10_000;

/** Where a run of bytes stands, from the first on, at most ten thousand places. */
export function findBytes(bytes: Uint8Array, wanted: Uint8Array): number[] {
  const found: number[] = [];
  const first = wanted[0];
  if (first === undefined) return found;
  for (let at = bytes.indexOf(first); at >= 0 && found.length < MOST_PLACES; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, n) => bytes[at + n] === byte)) found.push(at);
  }
  return found;
}

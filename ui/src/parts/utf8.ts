/** A body's bytes as text, without a silent replacement: what is not UTF-8 is written as `\xNN`. */

/** The text and whether the bytes were UTF-8 throughout. */
export interface Decoded {
  text: string;
  exact: boolean;
}

/** Decodes; a byte order mark stays in the text. */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), exact: true };
  } catch {
    return { text: decodeAround(bytes), exact: false };
  }
}

/** Decodes the valid runs and writes the bytes between them as `\xNN`. */
function decodeAround(bytes: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const out: string[] = [];
  let from = 0;
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    out.push(decoder.decode(bytes.subarray(from, at)), `\\x${hexByte(bytes[at] ?? 0)}`);
    at += 1;
    from = at;
  }
  out.push(decoder.decode(bytes.subarray(from)));
  return out.join('');
}

/** Bytes of the well-formed sequence that begins here (Unicode, table 3-7), or 0. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  const second = bytes[at + 1] ?? 0;
  if (second < lowest || second > highest) return 0;
  for (let next = at + 2; next < at + length; next += 1) if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

/** Two lower-case digits. */
export function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

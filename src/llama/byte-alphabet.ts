/**
 * The bytes that a token of a vocabulary stands for, if it is written in bytes: `<0xE9>`, as byte fallback does, or with one
 * printable character per byte, as byte-level BPE does (GPT-2, `openai/gpt-2:src/encoder.py`, `bytes_to_unicode`).
 */

const FALLBACK = /^<0x([\dA-F]{2})>$/i;

/** Printable bytes stand for themselves; the others, in order, for the characters from U+0100. */
const BYTE_OF: ReadonlyMap<string, number> = (() => {
  const isPrintable = (byte: number): boolean =>
    (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad && byte <= 0xff);
  let others = 0x100;
  return new Map(
    Array.from({ length: 256 }, (_, byte) => [
      String.fromCodePoint(isPrintable(byte) ? byte : others++),
      byte,
    ]),
  );
})();

/** Returns the byte of a token such as `<0xE9>`; undefined for any other token. */
export function fallbackByte(token: string): number | undefined {
  const [, digits] = FALLBACK.exec(token) ?? [];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

/** Returns the bytes of a token of byte-level BPE; undefined if a character is not of its alphabet. */
export function alphabetBytes(token: string): Uint8Array | undefined {
  const bytes = [...token].map((character) => BYTE_OF.get(character));
  return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : undefined;
}

/** Spells bytes as text: whole characters as they are, other bytes as `<0xE9>`. */
export function spellBytes(bytes: Uint8Array): string {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = [1, 2, 3, 4].find((count) => {
      try {
        return at + count <= bytes.length && strict.decode(bytes.subarray(at, at + count)).length > 0;
      } catch {
        return false;
      }
    });
    text +=
      length === undefined
        ? `<0x${(bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, '0')}>`
        : strict.decode(bytes.subarray(at, at + length));
    at += length ?? 1;
  }
  return text;
}

import * as fc from 'fast-check';
import { checkRange } from '../../../src/checkpoint/range';
import type { ByteSource } from '../../../src/checkpoint/source';
import { EDGES } from '../hostile';

/** A server that claims a file to be larger than what it sends; what is not there is zeros. */
export class ClaimedSource implements ByteSource {
  readonly name = 'model';
  readonly size: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, size: number) {
    this.#bytes = bytes;
    this.size = size;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    checkRange(this, offset, length);
    const bytes = new Uint8Array(length);
    bytes.set(this.#bytes.subarray(offset, offset + length));
    return bytes;
  }
}

/** Mostly null: the true size. Headers are read at once, so a claim is tried seldom. */
export const claimedSize: fc.Arbitrary<number | null> = fc.oneof(
  { weight: 40, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom(...EDGES.map(Number)) },
);

/** Bytes as a person can read them: text where they are ASCII. */
export const hex = (bytes: Uint8Array): string => {
  const shown = Array.from(bytes.subarray(0, 4000), (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  );
  return `${bytes.length} bytes: ${shown.join('')}`;
};

/** A text as a person can read it, cut where it is long. */
export const quoted = (text: string): string => {
  const shown = JSON.stringify(text);
  return shown.length > 4000 ? `${shown.slice(0, 4000)}… (${text.length} characters)` : shown;
};

import * as fc from 'fast-check';
import { EDGES, hostileText } from './hostile';

/** Damage to the bytes or characters of a file: it ends early, goes on, or has others in places. */
export interface Damage {
  readonly edits: readonly { readonly at: number; readonly text: string; readonly over: number }[];
  /** Part that is left of it, 1 for all; and what follows it. */
  readonly keep: number;
  readonly tail: string;
}

export const damage: fc.Arbitrary<Damage> = fc.record({
  edits: fc.array(
    fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), text: hostileText, over: fc.nat(4) }),
    { maxLength: 3 },
  ),
  keep: fc.oneof({ weight: 2, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
  tail: fc.oneof({ weight: 3, arbitrary: fc.constant('') }, hostileText),
});

export function damagedText(text: string, { edits, keep, tail }: Damage): string {
  let damaged = text;
  for (const { at, text: inserted, over } of edits) {
    const place = Math.floor(at * damaged.length);
    damaged = damaged.slice(0, place) + inserted + damaged.slice(place + over);
  }
  return damaged.slice(0, Math.ceil(keep * damaged.length)) + tail;
}

/** Whole numbers that are written over bytes. */
export interface Overwrite {
  readonly at: number;
  readonly value: bigint;
  readonly bytes: number;
}

export const overwrite: fc.Arbitrary<Overwrite> = fc.record({
  at: fc.nat(1 << 20),
  value: fc.oneof(fc.constantFrom(...EDGES), fc.bigInt({ min: 0n, max: 255n })),
  bytes: fc.constantFrom(1, 2, 4, 8),
});

/**
 * Writes numbers, little-endian, over bytes of a copy.
 * @param places where fields begin; three of four numbers go there.
 */
export function overwritten(
  bytes: Uint8Array,
  overwrites: readonly Overwrite[],
  places: readonly number[] = [],
): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(bytes);
  for (const { at, value, bytes: width } of overwrites) {
    const place =
      places.length > 0 && at % 4 > 0 ? (places[at % places.length] ?? 0) : at % Math.max(1, copy.length);
    let rest = value;
    for (let i = place; i < Math.min(place + width, copy.length); i++, rest >>= 8n)
      copy[i] = Number(rest & 255n);
  }
  return copy;
}

import { expect, it } from 'vitest';
import { openBackends } from '../../../tests/backends';
import { shuffleGroups, shuffleQueryHeads, shuffleUnits, shuffleValues } from '../../../tests/symmetry';
import { parseConfig } from '../../llama/config';
import { TINY } from '../../llama/testing';
import { randomBlock, readBlock, relativeDistance, uploadBlock } from '../methods/testing';
import { type BlockOrder, ordered, randomOrder, shareFound } from './block-order';
import { findOrder } from './find-order';

/** 3 groups of 2 query heads of dimension 8; all biases that the architecture allows. */
const CONFIG = parseConfig({
  ...TINY,
  num_attention_heads: 6,
  num_key_value_heads: 3,
  attention_bias: true,
  mlp_bias: true,
});
const { kvHeads, headDim } = CONFIG;
const SIZE = CONFIG.heads / kvHeads;
const groupsOf = <T>(make: (group: number) => T): T[] => Array.from({ length: kvHeads }, (_, g) => make(g));

/** The order in the terms of tests/symmetry.ts: groups first, then what is inside each. */
const parts = ({ heads, values }: BlockOrder) => ({
  slots: groupsOf((g) => Array.from(heads.subarray(g * SIZE, (g + 1) * SIZE), (head) => head % SIZE)),
  dimensions: groupsOf((g) =>
    Array.from(values.subarray(g * headDim, (g + 1) * headDim), (row) => row % headDim),
  ),
});

it.each(await openBackends())(
  'a shuffled copy is the block under its symmetries, found again, on $name',
  async ({ open }) => {
    const backend = await open();
    const host = randomBlock(CONFIG, 3);
    const block = uploadBlock(backend, host);
    const order = randomOrder(CONFIG, 11);
    const copy = ordered(backend, block, CONFIG, order);
    const { slots, dimensions } = parts(order);
    const expected = shuffleUnits(
      shuffleValues(
        shuffleQueryHeads(shuffleGroups(host, CONFIG, order.groups), CONFIG, slots),
        CONFIG,
        dimensions,
      ),
      order.units,
    );
    expect(await readBlock(backend, copy)).toEqual(expected);
    expect(relativeDistance(expected, host)).toBeGreaterThan(1);

    const found = await findOrder(backend, { previous: copy, next: block }, CONFIG);
    for (const part of ['units', 'groups', 'heads', 'values'] as const) {
      const { length } = order[part];
      expect(shareFound(order[part], found[part]), part).toEqual({ right: length, of: length });
      // Nothing done is not the answer.
      expect(shareFound(order[part], order[part].toSorted()).right, part).toBeLessThan(length);
    }
    const back = ordered(backend, copy, CONFIG, found);
    expect(await readBlock(backend, back)).toEqual(host);
    backend.free(...block.values(), ...copy.values(), ...back.values());
    expect(backend.memory().tensors).toBe(0);
    backend.dispose();
  },
);

it('no part of a random order is the one at hand, and a seed gives the same again', () => {
  for (let seed = 0; seed < 50; seed++) {
    const order = randomOrder(CONFIG, seed);
    expect(order).toEqual(randomOrder(CONFIG, seed));
    for (const places of Object.values(order) as Uint32Array[]) {
      expect(Array.from(places).toSorted((a, b) => a - b)).toEqual(Array.from(places.keys()));
      expect(Array.from(places)).not.toEqual(Array.from(places.keys()));
    }
    for (const [place, head] of order.heads.entries())
      expect(Math.floor(head / SIZE)).toBe(order.groups[Math.floor(place / SIZE)]);
  }
});

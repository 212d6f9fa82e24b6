import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackends } from '../../../tests/backends';
import type { Backend } from '../../backend/operations';
import { SinkError } from '../../checkpoint/errors';
import { MemoryScratch } from '../../checkpoint/memory-scratch';
import { evaluate } from '../../llama/evaluate';
import { LlamaModel } from '../../llama/model';
import { randomModel } from '../../llama/testing';
import { Weights } from '../../llama/weights';
import { DEFAULT_RECIPE, type Recipe } from '../../recipe/schema';
import { expand, type ExpandOptions } from './expand';
import type { Expansion } from './expansion';

const IDS = Uint32Array.from({ length: 12 }, (_, i) => (5 * i) % 13);
/** Where a block is kept does not depend on how far its plans are. */
const SOLVER = { ...DEFAULT_RECIPE.solver, maxIterations: 5 };
const METHODS = ['opt-deus:paper', 'average', 'copy-next', 'random'] as const;

describe.each(await openBackends())('new blocks in temporary files, on $name', ({ name, open }) => {
  let backend: Backend;
  let weights: Weights;
  let scratch: MemoryScratch;
  beforeAll(async () => {
    backend = await open();
    const { config, checkpoint } = await randomModel({}, 3, 'BF16');
    // Room for one block: nothing stays on the device between two blocks.
    weights = new Weights(backend, checkpoint, config, 1);
    scratch = new MemoryScratch();
  });
  afterAll(() => {
    weights.free();
    expect(backend.memory().tensors).toBe(0);
    backend.dispose();
  });

  const recipe = (fields: Partial<Recipe>): Recipe => ({
    ...DEFAULT_RECIPE,
    solver: SOLVER,
    gaps: [0, 1],
    ...fields,
  });
  const stored: ExpandOptions = { residentBytes: 0 };

  const lossOf = async ({ layers }: Expansion): Promise<number> =>
    (await evaluate(new LlamaModel(backend, weights.config, weights, layers), [IDS])).loss;

  it.each(METHODS)('compute what blocks on the device compute, bit for bit: %s', async (method) => {
    for (const zeroInit of [true, false]) {
      const made = await expand(backend, weights, recipe({ method, zeroInit }));
      const loss = await lossOf(made);
      const values = await Promise.all(
        made.blocks.flatMap((block) => [...block.tensors.keys()].map((key) => block.read(key))),
      );
      made.free();
      const before = backend.memory().tensors;
      const kept = await expand(backend, weights, recipe({ method, zeroInit }), { ...stored, scratch });
      // On the device are only the zeros, which all blocks share.
      const zeros = [...(kept.blocks[0]?.tensors.values() ?? [])].filter(({ origin }) => origin === 'zero');
      expect(backend.memory().tensors).toBe(before + zeros.length);
      expect(scratch.files.size).toBeGreaterThan(0);
      // Files hold float32; the reference backend computes in float64.
      if (name === 'cpu') expect(Math.abs((await lossOf(kept)) - loss)).toBeLessThan(1e-6);
      else expect(await lossOf(kept)).toBe(loss);
      const read = kept.blocks.flatMap((block) => [...block.tensors.keys()].map((key) => block.read(key)));
      expect(await Promise.all(read)).toEqual(values);
      kept.free();
      expect(scratch.files.size).toBe(0);
      expect(backend.memory().tensors).toBe(before);
    }
  });

  it('leave nothing behind where the files have no room', async () => {
    const before = backend.memory().tensors;
    let left = 5;
    const full = {
      write: async (bytes: Uint8Array<ArrayBuffer>) => {
        if (left-- > 0) return scratch.write(bytes);
        throw new SinkError('expected room for a tensor, got none. Free some space.');
      },
    };
    for (const count of [0, 5, 12]) {
      left = count;
      const making = expand(backend, weights, recipe({ method: 'average' }), { ...stored, scratch: full });
      await expect(making).rejects.toThrow(SinkError);
      expect(scratch.files.size).toBe(0);
      expect(backend.memory().tensors).toBe(before);
    }
  });
});

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openBackends } from '../../tests/backends';
import type { Backend, Tensor } from '../backend/operations';
import { evaluate } from './evaluate';
import { residentBlock } from './block-handle';
import type { Layer } from './layer';
import { LlamaModel } from './model';
import { HiddenStateCache } from './hidden-state-cache';
import { randomModel } from './testing';
import { Weights } from './weights';

const LAYERS = 5;
const WINDOWS = [Uint32Array.of(1, 5, 36, 0, 7, 7, 12), Uint32Array.of(30, 2, 18)];

describe.each(await openBackends())('shared states on $name', ({ slow, open }) => {
  let backend: Backend;
  let base: LlamaModel;
  beforeAll(async () => {
    backend = await open();
    const { config, checkpoint } = await randomModel({ num_hidden_layers: LAYERS }, 5);
    base = LlamaModel.base(backend, config, new Weights(backend, checkpoint, config));
    // Reads all blocks, so that memory use can be compared afterwards.
    backend.free(...(await base.hidden(WINDOWS)));
  });
  afterAll(() => backend.dispose());

  const withLayers = (layers: readonly Layer[]): LlamaModel =>
    new LlamaModel(backend, base.config, base.weights, layers);

  /** Makes a new block after base block `gap`: base block `of` times `gain`. It lives as long as the backend. */
  async function deeper(gap: number, of: number, gain: number): Promise<LlamaModel> {
    const block = new Map<string, Tensor>();
    for (const [key, tensor] of await base.weights.block(of))
      block.set(key, backend.weightedSum(tensor, gain));
    base.weights.release(of);
    const layers = [...base.layers];
    layers.splice(gap + 1, 0, { kind: 'new', like: gap, block: residentBlock(block) });
    return withLayers(layers);
  }

  async function values(states: Promise<readonly Tensor[]>): Promise<Float32Array[]> {
    const tensors = await states;
    const read = await Promise.all(tensors.map((tensor) => backend.read(tensor)));
    backend.free(...tensors);
    return read;
  }

  it('are those of every model run alone, bit for bit, whatever came before', async () => {
    const shared = new HiddenStateCache(backend);
    const repeated = (index: number): Layer => ({ kind: 'base', index });
    const models = [
      base,
      await deeper(3, 2, 0.5),
      await deeper(3, 2, 0.25),
      await deeper(0, 1, 0.5),
      await deeper(4, 4, 0.5),
      base,
      withLayers(base.layers.slice(0, 3)),
      withLayers([...base.layers, repeated(4)]),
      withLayers([0, 1, 1, 2, 3, 4].map(repeated)),
      withLayers([1, 0, 2, 3, 4].map(repeated)),
      await deeper(3, 2, 0.5),
    ];
    const texts = [
      WINDOWS,
      [Uint32Array.of(1, 5, 36, 0, 7, 8, 12), Uint32Array.of(30, 2, 18)],
      WINDOWS.slice(1),
    ];
    // Software adapters are slow, so they see one text only.
    for (const windows of slow ? texts.slice(0, 1) : [...texts, WINDOWS]) {
      for (const model of models)
        expect(await values(shared.hidden(model, windows))).toEqual(await values(model.hidden(windows)));
    }
    shared.free();
  });

  it('run only the blocks that are a model’s own', async () => {
    const shared = new HiddenStateCache(backend);
    const models = { first: await deeper(3, 2, 0.5), second: await deeper(3, 1, 0.5), base, again: base };
    const run = vi.spyOn(backend, 'attention');
    const passes: Record<string, number> = {};
    for (const [name, model] of Object.entries(models)) {
      run.mockClear();
      backend.free(...(await shared.hidden(model, WINDOWS)));
      passes[name] = run.mock.calls.length / WINDOWS.length;
    }
    run.mockRestore();
    // The new block is above four base blocks. The base model then runs only its last block, and is cached.
    expect(passes).toEqual({ first: LAYERS + 1, second: 2, base: 1, again: 0 });
    shared.free();
  });

  it('change no number of an evaluation', async () => {
    const shared = new HiddenStateCache(backend);
    for (const model of [await deeper(2, 2, 0.5), await deeper(2, 2, 0), await deeper(1, 3, 0.5)]) {
      const alone = await evaluate(model, WINDOWS, { base });
      const seen: number[] = [];
      const onProgress = (fraction: number): void => void seen.push(fraction);
      expect(await evaluate(model, WINDOWS, { base, shared, onProgress })).toEqual(alone);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect(seen.at(-1)).toBeCloseTo(1, 10);
    }
    shared.free();
  });

  it('leave nothing behind when they are freed or a run is stopped', async () => {
    const model = await deeper(3, 2, 0.5);
    const held = backend.memory().tensors;
    const shared = new HiddenStateCache(backend);
    const stop = new AbortController();
    const onProgress = (fraction: number): void => {
      if (fraction > 0.7) stop.abort();
    };
    await expect(shared.hidden(model, WINDOWS, { signal: stop.signal, onProgress })).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
    expect(backend.memory().tensors).toBe(held);
    expect(await values(shared.hidden(model, WINDOWS))).toEqual(await values(model.hidden(WINDOWS)));
    backend.free(...(await shared.hidden(base, WINDOWS)));
    expect(backend.memory().tensors).toBe(held + 2 * WINDOWS.length);
    shared.free();
    expect(backend.memory().tensors).toBe(held);
  });
});

import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../llama/config';
import { ropeFrequencies } from '../../llama/rope';
import { Checkpoint } from '../checkpoint';
import { decode } from '../dtype';
import { readText } from '../json';
import { fixture, ggufFolder } from './testing';

type Config = Readonly<Record<string, unknown>>;

interface Model {
  readonly config: Config;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
}

const MODELS = JSON.parse((await fixture('models.json')).toString()) as Record<string, Model>;

/** What the weights of the fixture are (see its README). */
function expectedValues(name: string, shape: readonly number[]): number[] {
  const seed = [...name].reduce((sum, character) => sum + character.charCodeAt(0), 0);
  const count = shape.reduce((product, size) => product * size, 1);
  return Array.from({ length: count }, (_, i) => (((31 * i + seed) % 1009) - 504) / 1024);
}

/** Fields that do not change what a model computes, or that the newer transformers writes where the older had others. */
const OTHERWISE =
  /^(_.*|attention_dropout|dtype|initializer_range|transformers_version|use_cache|use_sliding_window|pretraining_tp|rope_parameters|max_window_layers|no_rope_layer_interval|layer_types|use_bidirectional_attention)$/;

describe.each(Object.entries(MODELS))('%s as llama.cpp converts it', (name, { config, shapes }) => {
  const open = async (): Promise<Checkpoint> => Checkpoint.open(ggufFolder(await fixture(`${name}.gguf`)));

  it('has the tensors of transformers, value by value', async () => {
    const checkpoint = await open();
    expect([...checkpoint.tensors.keys()].sort()).toEqual(Object.keys(shapes).sort());
    for (const [tensor, shape] of Object.entries(shapes)) {
      const { dtype } = checkpoint.tensor(tensor);
      expect(checkpoint.tensor(tensor).shape, tensor).toEqual(shape);
      expect(dtype).toBe(name.endsWith('f16') && shape.length > 1 ? 'F16' : 'F32');
      const values = decode(await checkpoint.read(tensor), dtype);
      expect([...values], tensor).toEqual(expectedValues(tensor, shape));
    }
  });

  it('has the config.json of transformers', async () => {
    const checkpoint = await open();
    const wanted = Object.entries(config).filter(
      ([field, value]) => value !== null && !OTHERWISE.test(field),
    );
    // Granite's converter drops head_dim, and llama.cpp knows the width from the others.
    expect(checkpoint.config).toMatchObject(Object.fromEntries(wanted));
    for (const field of ['layer_types', 'no_rope_layers', 'sliding_window']) {
      if (checkpoint.config[field] !== undefined) expect(checkpoint.config[field]).toEqual(config[field]);
    }
  });
});

describe('rotary embedding', () => {
  const rope = (config: Config): Config => config['rope_parameters'] as Config;

  it.each(['llama-llama3', 'llama-yarn', 'llama-linear', 'qwen2', 'smollm3'])('of %s', async (name) => {
    const checkpoint = await Checkpoint.open(ggufFolder(await fixture(`${name}.gguf`)));
    const { rope_theta: theta, ...scaling } = rope(MODELS[name]?.config ?? {});
    expect(checkpoint.config['rope_theta']).toBe(theta);
    if (scaling['rope_type'] === 'default') expect(checkpoint.config['rope_scaling']).toBeNull();
    else expect(checkpoint.config['rope_scaling']).toEqual(scaling);
  });

  it('of llama3 divides frequencies by what the file says', async () => {
    const file = await fixture('llama-llama3.gguf');
    const [rotary] = parseConfig((await Checkpoint.open(ggufFolder(file))).config).ropes;
    if (!rotary) throw new Error('no rotary embedding');
    const { readGgufHeader } = await import('./header');
    const { MemorySource } = await import('../sources');
    const { tensors } = await readGgufHeader(new MemorySource(file, 'model.gguf'));
    const stored = tensors.find((tensor) => tensor.name === 'rope_freqs.weight');
    const { offset = 0, bytes = 0 } = stored ?? {};
    const divisors = decode(file.subarray(offset, offset + bytes), 'F32');
    const plain = ropeFrequencies({ ...rotary, scaling: null });
    const scaled = ropeFrequencies(rotary);
    expect(divisors).toHaveLength(16);
    expect(new Set(divisors).size).toBeGreaterThan(2);
    for (const [pair, divisor] of divisors.entries()) {
      expect((plain[pair] ?? 0) / (scaled[pair] ?? 1)).toBeCloseTo(divisor, 4);
    }
  });

  it('of Gemma 3 has a base for each kind of block', async () => {
    const { config } = await Checkpoint.open(ggufFolder(await fixture('gemma3.gguf')));
    expect(config).toMatchObject({
      rope_theta: 1_000_000,
      rope_local_base_freq: 10_000,
      rope_scaling: { rope_type: 'linear', factor: 8 },
    });
  });
});

it('reads any range as it reads the whole', async () => {
  for (const name of ['llama', 'llama-f16', 'gemma2']) {
    const { files } = await Checkpoint.open(ggufFolder(await fixture(`${name}.gguf`)));
    const weights = await files.open('model.safetensors');
    if (weights === undefined) throw new Error('no weights');
    const whole = await weights.read(0, weights.size);
    expect(whole.byteLength).toBe(weights.size);
    for (let start = 0; start < weights.size; start += 37) {
      const length = Math.min(weights.size - start, (start * 7) % 501);
      const part = await weights.read(start, length);
      expect(Buffer.compare(part, whole.subarray(start, start + length)), `${length} at ${start}`).toBe(0);
    }
    await expect(weights.read(weights.size - 1, 2)).rejects.toThrow(/within \d+ bytes/);
    await expect(weights.read(0, 8, AbortSignal.abort())).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
  }
});

it('writes whole floats with a point and says what ends a text', async () => {
  const { files } = await Checkpoint.open(ggufFolder(await fixture('granite.gguf')));
  const config = await files.open('config.json');
  if (config === undefined) throw new Error('no config.json');
  const text = await readText(config);
  expect(text).toContain('"embedding_multiplier": 12.0,');
  expect(text).toContain('"rms_norm_eps": 0.00001,');
});

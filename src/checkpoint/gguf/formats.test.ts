import { describe, expect, it } from 'vitest';
import { Checkpoint } from '../checkpoint';
import { decode } from '../dtype';
import { SMALL_LLAMA, fixture, ggufFile, ggufFolder } from './testing';

interface Quantised {
  readonly type: number;
  readonly bytes: string;
  readonly values: readonly number[];
}

const QUANTISED = JSON.parse((await fixture('quantised.json')).toString()) as Record<string, Quantised>;

/** Opens a model whose embedding is one row of the blocks. */
async function opened({ type, bytes, values }: Quantised): Promise<Checkpoint> {
  const data = Uint8Array.from(Buffer.from(bytes, 'base64'));
  const tensor = { name: 'token_embd.weight', shape: [1, values.length], type, data };
  return Checkpoint.open(ggufFolder(ggufFile(SMALL_LLAMA, [tensor])));
}

describe.each(Object.entries(QUANTISED))('%s', (name, quantised) => {
  it('is decoded to the bits of the gguf package', async () => {
    const checkpoint = await opened(quantised);
    const { dtype } = checkpoint.tensor('model.embed_tokens.weight');
    expect(dtype).toBe(name === 'F16' || name === 'BF16' ? name : 'F32');
    const values = decode(await checkpoint.read('model.embed_tokens.weight'), dtype);
    expect(quantised.values.length).toBeGreaterThanOrEqual(24);
    expect([...values]).toEqual(quantised.values);
  });
});

it('all formats of the fixture and F32 are those that are read', async () => {
  const { FORMATS } = await import('./formats');
  expect(FORMATS.map(({ name }) => name).sort()).toEqual([...Object.keys(QUANTISED), 'F32'].sort());
});

import { describe, expect, it } from 'vitest';
import { Checkpoint } from '../checkpoint';
import { CheckpointError } from '../errors';
import { MemoryFiles, MemorySource } from '../sources';
import type { ByteSource } from '../source';
import { readGgufHeader } from './header';
import { SMALL_LLAMA, type TestTensor, type TestValue, fixture, ggufFile, ggufFolder } from './testing';

const row = (name: string, values = 8): TestTensor => ({
  name,
  shape: [1, values],
  type: 0,
  data: new Uint8Array(4 * values),
});
const EMBEDDING = row('token_embd.weight');

const header = (bytes: Uint8Array) => readGgufHeader(new MemorySource(bytes, 'model.gguf'));
const open = (bytes: Uint8Array) => Checkpoint.open(ggufFolder(bytes));

/** Returns a small file with some bytes replaced. */
function patched(at: number, bytes: readonly number[]): Uint8Array {
  const file = ggufFile(SMALL_LLAMA, [EMBEDDING]);
  file.set(bytes, at);
  return file;
}

const HUGE = [255, 255, 255, 255, 255, 255, 255, 127];
/** Where the value of the last metadata key starts, and the fields of the only tensor. */
const ends = (): { value: number; tensor: number } => {
  const whole = ggufFile(SMALL_LLAMA, []);
  let length = whole.byteLength;
  while (whole[length - 1] === 0) length--;
  return { value: length - 4, tensor: length };
};

describe('a GGUF header', () => {
  it('is read with names, shapes, places and the shortest numbers', async () => {
    const tensor = { name: 'blk.0.ffn_up.weight', shape: [2, 64], type: 8, data: new Uint8Array(136) };
    const { metadata, tensors } = await header(ggufFile({ ...SMALL_LLAMA, flag: true }, [EMBEDDING, tensor]));
    expect(metadata.get('llama.attention.layer_norm_rms_epsilon')).toBe(1.5e-5);
    expect(metadata.get('flag')).toBe(true);
    expect(
      tensors.map(({ name, shape, bytes, offset, format }) => [name, shape, bytes, offset % 32, format.name]),
    ).toEqual([
      ['token_embd.weight', [1, 8], 32, 0, 'F32'],
      ['blk.0.ffn_up.weight', [2, 64], 136, 0, 'Q8_0'],
    ]);
  });

  it('of more than a megabyte is read in a few ranges', async () => {
    const tokens = Array.from({ length: 150_000 }, (_, i) => `token ${i}`);
    const file = new MemorySource(ggufFile({ ...SMALL_LLAMA, tokens }, [EMBEDDING]), 'model.gguf');
    const reads: number[] = [];
    const counted: ByteSource = {
      name: file.name,
      size: file.size,
      read: (offset, length) => {
        reads.push(length);
        return file.read(offset, length);
      },
    };
    expect((await readGgufHeader(counted)).metadata.get('tokens')).toEqual(tokens);
    expect(reads.length).toBeLessThanOrEqual(3);
    expect(reads.reduce((sum, length) => sum + length)).toBeLessThanOrEqual(file.size);
  });

  it.each<[string, () => Uint8Array, RegExp]>([
    ['nothing', () => new Uint8Array(0), /expected 4 bytes at 0, got a file of 0/],
    [
      'another file',
      () => new TextEncoder().encode('PK\u0003\u0004 something'),
      /starts with GGUF, got bytes 80 75/,
    ],
    ['a Git LFS pointer', () => new TextEncoder().encode('version https://git-lfs'), /git lfs pull/],
    ['a web page', () => new TextEncoder().encode('<!doctype html>'), /got a web page/],
    ['version 1', () => patched(4, [1, 0, 0, 0]), /version 2 or 3, little-endian, got version 1/],
    ['a big-endian file', () => patched(4, [0, 0, 0, 3]), /got a big-endian file/],
    ['countless tensors', () => patched(8, HUGE), /at most \d+ tensors, got 9223372036854776000/],
    ['countless metadata', () => patched(16, HUGE), /at most \d+ metadata, got 9/],
    ['an endless key', () => patched(24, HUGE), /expected 9\d+ bytes at 32/],
    [
      'a metadata type of its own',
      () => patched(ends().value - 4, [13, 0, 0, 0]),
      /types 0 to 12, got type 13/,
    ],
    [
      'an array without end',
      () => patched(ends().value - 4, [9, 0, 0, 0, 5, 0, 0, 0, ...HUGE]),
      /entries of an array/,
    ],
    ['a tensor without dimensions', () => patched(ends().tensor + 8 + 17, [0]), /1 to 4 dimensions, got 0/],
    ['a tensor of many dimensions', () => patched(ends().tensor + 8 + 17, [5]), /1 to 4 dimensions, got 5/],
    ['a tensor too large', () => patched(ends().tensor + 8 + 17 + 4, [0, 0, 0, 0, 255, 255]), /an end at/],
    [
      'a tensor outside the file',
      () => patched(ends().tensor + 8 + 17 + 4 + 16 + 4, [64]),
      /within \d+ bytes, got an end at/,
    ],
    [
      'a tensor between two places',
      () => patched(ends().tensor + 8 + 17 + 4 + 16 + 4, [3]),
      /a multiple of 32 bytes/,
    ],
    [
      'a tensor of another quantisation',
      () => patched(ends().tensor + 8 + 17 + 4 + 16, [10]),
      /Q6_K, got Q2_K\. Take a file/,
    ],
    ['a tensor of an unknown type', () => patched(ends().tensor + 8 + 17 + 4 + 16, [99]), /got type 99/],
    [
      'rows that are no whole blocks',
      () => patched(ends().tensor + 8 + 17 + 4 + 16, [8]),
      /a multiple of 32 values for Q8_0, got 8/,
    ],
    [
      'a tensor twice',
      () => ggufFile(SMALL_LLAMA, [EMBEDDING, EMBEDDING]),
      /every tensor once, got "token_embd.weight" twice/,
    ],
    [
      'an empty tensor',
      () => ggufFile(SMALL_LLAMA, [{ ...EMBEDDING, shape: [0, 8], data: new Uint8Array(0) }]),
      /expected values, got none/,
    ],
    [
      'an alignment that is none',
      () => ggufFile({ ...SMALL_LLAMA, 'general.alignment': 'x' }, [EMBEDDING]),
      /general\.alignment/,
    ],
  ])('refuses %s', async (_, file, message) => {
    const bytes = file();
    await expect(header(bytes)).rejects.toThrow(CheckpointError);
    await expect(header(bytes)).rejects.toThrow(message);
  });

  it('refuses a key twice, overlapping tensors and arrays in arrays in arrays', async () => {
    const twice = ggufFile({ 'a.key': 1, 'b.key': 2 }, [EMBEDDING]);
    twice[twice.indexOf('b'.charCodeAt(0), 40)] = 'a'.charCodeAt(0);
    await expect(header(twice)).rejects.toThrow(/every key once, got "a\.key" twice/);
    const long = row('output.weight');
    const overlapping = ggufFile(SMALL_LLAMA, [row('token_embd.weight', 16), long]);
    const offset = overlapping.lastIndexOf(64);
    overlapping[offset] = 32;
    await expect(header(overlapping)).rejects.toThrow(/"output\.weight" overlaps/);
    const nested = ggufFile({ text: 'x'.repeat(200) }, [EMBEDDING]);
    const start = 24 + 8 + 4;
    const view = new DataView(nested.buffer);
    view.setUint32(start, 9, true);
    for (let level = 0; level < 6; level++) {
      view.setUint32(start + 4 + 12 * level, 9, true);
      view.setBigUint64(start + 8 + 12 * level, 1n, true);
    }
    await expect(header(nested)).rejects.toThrow(/arrays in at most 4 arrays/);
  });
});

describe('a GGUF model', () => {
  const without = (key: keyof typeof SMALL_LLAMA): Record<string, TestValue> =>
    Object.fromEntries(Object.entries(SMALL_LLAMA).filter(([name]) => name !== key));

  it.each<[string, Uint8Array, RegExp]>([
    [
      'another architecture',
      ggufFile({ ...SMALL_LLAMA, 'general.architecture': 'mamba' }, [EMBEDDING]),
      /among llama, .*got "mamba"/,
    ],
    [
      'no architecture',
      ggufFile(without('general.architecture'), [EMBEDDING]),
      /general\.architecture to be a name, got nothing/,
    ],
    [
      'no depth',
      ggufFile(without('llama.block_count'), [EMBEDDING]),
      /llama\.block_count to be a whole number above 0, got nothing/,
    ],
    [
      'endless blocks',
      ggufFile({ ...SMALL_LLAMA, 'llama.block_count': 4e9 }, [EMBEDDING]),
      /at most 1024, got 4000000000/,
    ],
    [
      'heads by block',
      ggufFile({ ...SMALL_LLAMA, 'llama.attention.head_count': Int32Array.of(2) }, [EMBEDDING]),
      /head_count to be .*got a list/,
    ],
    [
      'one of several parts',
      ggufFile({ ...SMALL_LLAMA, 'split.count': 3 }, [EMBEDDING]),
      /one of 3 parts\. Join them/,
    ],
    [
      'no embedding',
      ggufFile(SMALL_LLAMA, [row('output.weight')]),
      /a tensor token_embd\.weight, got 1 others/,
    ],
    [
      'fused tensors',
      ggufFile(SMALL_LLAMA, [EMBEDDING, row('blk.0.attn_qkv.weight')]),
      /only tensors of LlamaForCausalLM, got "blk\.0\.attn_qkv\.weight"/,
    ],
    ['experts', ggufFile(SMALL_LLAMA, [EMBEDDING, row('blk.0.ffn_gate_exps.weight')]), /ffn_gate_exps/],
    [
      'a name of an object',
      ggufFile(SMALL_LLAMA, [EMBEDDING, row('constructor.weight')]),
      /got "constructor\.weight"/,
    ],
    [
      'rows that fill no head',
      ggufFile(SMALL_LLAMA, [EMBEDDING, row('blk.0.attn_q.weight')]),
      /in heads of 4, got shape \[1, 8\]/,
    ],
    [
      'other scaling',
      ggufFile({ ...SMALL_LLAMA, 'llama.rope.scaling.type': 'longrope' }, [EMBEDDING]),
      /none, linear or yarn, got longrope/,
    ],
    [
      'partly rotary heads',
      ggufFile({ ...SMALL_LLAMA, 'llama.rope.dimension_count': 2 }, [EMBEDDING]),
      /whole heads of 4, got over 2/,
    ],
    [
      'frequencies of no known kind',
      ggufFile(SMALL_LLAMA, [EMBEDDING, { ...row('rope_freqs.weight', 2), shape: [2] }]),
      /rope_freqs\.weight to be llama3 scaling/,
    ],
  ])('with %s is refused', async (_, file, message) => {
    await expect(open(file)).rejects.toThrow(CheckpointError);
    await expect(open(file)).rejects.toThrow(message);
  });

  it('is opened from a folder only if it is alone', async () => {
    const file = await fixture('qwen2.gguf');
    const folder = (names: readonly string[]): MemoryFiles =>
      new MemoryFiles(new Map(names.map((name) => [name, file])), 'folder');
    const one = await Checkpoint.open(folder(['README.md', 'Model.Q4_K.GGUF']));
    expect(one.config['model_type']).toBe('qwen2');
    expect(one.name).toBe('folder');
    expect(await one.files.open('README.md')).toBeDefined();
    expect(await one.files.open('Model.Q4_K.GGUF')).toBeUndefined();
    await expect(Checkpoint.open(folder(['a.gguf', 'b.gguf']))).rejects.toThrow(
      /several GGUF files: open one/,
    );
    await expect(Checkpoint.open(folder(['a.gguf', 'model.safetensors']))).rejects.toThrow(/config\.json/);
  });
});

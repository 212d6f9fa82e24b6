import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { Checkpoint } from './checkpoint';
import { decode } from './dtype';
import { CheckpointError } from './errors';
import { FileListFiles, MemoryFiles } from './sources';
import { modelFiles, safetensors } from './testing';

const SHIPPED = new URL('../../public/models/interlayer-fairy-1.7m/', import.meta.url);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const f32 = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const utf8 = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

const openNamed = (names: string[]) =>
  Checkpoint.open(
    new FileListFiles(
      names.map((name) => new File(['{}'], name)),
      'picked',
    ),
  );

const fileInFolder = (path: string, content: string) => {
  const file = new File([content], path.split('/').at(-1) ?? '');
  Object.defineProperty(file, 'webkitRelativePath', { value: path });
  return file;
};

const one = (name: string, value: number) =>
  safetensors({ [name]: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, f32(value));
const sharded = (weightMap: unknown, files: Record<string, Uint8Array>) =>
  Checkpoint.open(
    new MemoryFiles(
      new Map([
        ['config.json', utf8({})],
        ['model.safetensors.index.json', utf8({ metadata: {}, weight_map: weightMap })],
        ...Object.entries(files),
      ]),
      'sharded',
    ),
  );

function two(name: string): Uint8Array {
  return safetensors(
    {
      [name]: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
      x: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
    },
    f32(1, 2),
  );
}

describe('the shipped checkpoint, picked as a folder', () => {
  let checkpoint: Checkpoint;
  beforeAll(async () => {
    const files = [];
    for (const name of await readdir(SHIPPED)) {
      files.push(new File([new Uint8Array(await readFile(new URL(name, SHIPPED)))], name));
    }
    checkpoint = await Checkpoint.open(new FileListFiles(files, 'interlayer-fairy-1.7m'));
  });

  it('has its config and 74 BF16 tensors', () => {
    expect(checkpoint.name).toBe('interlayer-fairy-1.7m');
    expect(checkpoint.config['num_hidden_layers']).toBe(8);
    expect(checkpoint.shards).toEqual(['model.safetensors']);
    // Embedding (the head is tied), final norm, nine tensors in each of eight blocks.
    expect(checkpoint.tensors.size).toBe(2 + 9 * 8);
    expect(new Set([...checkpoint.tensors.values()].map((tensor) => tensor.dtype))).toEqual(
      new Set(['BF16']),
    );
  });

  // Digests and values computed with Python's struct and hashlib.
  it('reads tensors byte for byte', async () => {
    const down = await checkpoint.read('model.layers.7.mlp.down_proj.weight');
    expect(sha256(down)).toBe('fb23608f4f7407be4b0752209ef9b1ff8f693e7df6b38393aef80670402eacba');
    const values = decode(down, 'BF16');
    expect([...values.subarray(0, 4)]).toEqual([
      -0.018798828125, -0.2373046875, 0.0208740234375, 0.138671875,
    ]);
    expect(values.reduce((sum, x) => sum + x, 0)).toBeCloseTo(4.0806808695197105, 4);
    const norm = await checkpoint.read('model.norm.weight');
    expect(sha256(norm)).toBe('c8ceb25db943e6961f370b103cb4181de265ebf6d341b96e867c964d9769f75d');
  });

  it('reads rows 5 to 7 of the embedding', async () => {
    const rows = await checkpoint.readRows('model.embed_tokens.weight', 5, 3);
    expect(sha256(rows)).toBe('9017d0340f258459e3070cca86a4661a10366bfe038d474d4471833369ad811a');
    await expect(checkpoint.readRows('model.embed_tokens.weight', 1023, 2)).rejects.toThrow(
      /within 0 … 1024, got 1023 … 1025/,
    );
    await expect(checkpoint.readRows('model.embed_tokens.weight', 0.5, 1)).rejects.toThrow(CheckpointError);
  });

  it('names a tensor that is not there, and stops when cancelled', async () => {
    await expect(checkpoint.read('lm_head.weight')).rejects.toThrow(
      /expected a tensor "lm_head.weight", got 74 others/,
    );
    const signal = AbortSignal.abort();
    await expect(checkpoint.read('model.norm.weight', signal)).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
  });
});

it('reads one range per tensor', async () => {
  const ranges: [number, number][] = [];
  const file = safetensors({ a: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] } }, f32(1, 2, 3, 4));
  const source = {
    name: 'model.safetensors',
    size: file.byteLength,
    read: async (offset: number, length: number) => {
      ranges.push([offset, length]);
      return file.slice(offset, offset + length);
    },
  };
  const config = new MemoryFiles(modelFiles(file));
  const files = {
    name: 'x',
    open: async (name: string) => (name === source.name ? source : config.open(name)),
  };
  const checkpoint = await Checkpoint.open(files);
  expect(ranges).toEqual([
    [0, 8],
    [8, file.byteLength - 24],
  ]);
  await checkpoint.read('a');
  await checkpoint.readRows('a', 1, 1);
  expect(ranges.slice(2)).toEqual([
    [file.byteLength - 16, 16],
    [file.byteLength - 8, 8],
  ]);
});

it('names tensor and element of NaN and infinity, in whole tensors and in rows', async () => {
  const file = safetensors(
    { w: { dtype: 'F32', shape: [3, 2], data_offsets: [0, 24] } },
    f32(1, 2, 3, 4, 5, NaN),
  );
  const checkpoint = await Checkpoint.open(new MemoryFiles(modelFiles(file)));
  await expect(checkpoint.read('w')).rejects.toThrow(/tensor w: .*NaN or infinity at element 5/);
  await expect(checkpoint.readRows('w', 2, 1)).rejects.toThrow(/element 5/);
  expect([...decode(await checkpoint.readRows('w', 1, 1), 'F32')]).toEqual([3, 4]);
});

describe('says what is missing from', () => {
  it('a folder without config.json', () =>
    expect(openNamed(['model.safetensors', 'notes.txt'])).rejects.toThrow(
      /picked: expected config.json, got model.safetensors, notes.txt\. A model is/,
    ));
  it('a folder without weights', () =>
    expect(openNamed(['config.json'])).rejects.toThrow(
      /expected model.safetensors or model.safetensors.index.json/,
    ));
  it('a folder with other weights', () =>
    expect(openNamed(['config.json', 'pytorch_model.bin'])).rejects.toThrow(
      /Only safetensors and GGUF weights are read/,
    ));
  it('nothing', () => expect(openNamed([])).rejects.toThrow(/expected config.json, got no files/));
});

it('refuses a config that is not an object', async () => {
  const files = modelFiles(safetensors('{}'));
  files.set('config.json', utf8([]));
  await expect(Checkpoint.open(new MemoryFiles(files))).rejects.toThrow(
    /config.json: expected a JSON object, got \[\]/,
  );
  files.set('config.json', new TextEncoder().encode('{"a": NaN}'));
  await expect(Checkpoint.open(new MemoryFiles(files))).rejects.toThrow(/config.json: expected JSON/);
});

it('counts only the files right inside a picked folder', async () => {
  const files = new FileListFiles(
    [
      fileInFolder('m/config.json', 'top'),
      fileInFolder('m/old/config.json', 'nested'),
      fileInFolder('m/old/vocab.json', 'nested'),
    ],
    'm',
  );
  expect(await files.list()).toEqual(['config.json']);
  const config = await files.open('config.json');
  expect(new TextDecoder().decode(await config?.read(0, 3))).toBe('top');
});

describe('sharded', () => {
  it('takes each tensor from its shard', async () => {
    const checkpoint = await sharded(
      { a: '1.safetensors', b: '2.safetensors' },
      { '1.safetensors': one('a', 1), '2.safetensors': one('b', 2) },
    );
    expect(checkpoint.shards).toEqual(['1.safetensors', '2.safetensors']);
    expect(checkpoint.tensors.get('b')?.file).toBe('2.safetensors');
    expect([...decode(await checkpoint.read('b'), 'F32')]).toEqual([2]);
  });

  it('prefers a single file to the index', async () => {
    const checkpoint = await sharded({ a: 'gone' }, { 'model.safetensors': one('c', 3) });
    expect([...checkpoint.tensors.keys()]).toEqual(['c']);
  });

  it('lets the index decide between two, and keeps what it does not list', async () => {
    const both = safetensors(
      {
        a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
        extra: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
      },
      f32(7, 8),
    );
    const checkpoint = await sharded(
      { a: '1', b: '2', a2: '3' },
      { 1: one('a', 1), 2: one('b', 2), 3: one('a2', 3) },
    );
    expect(checkpoint.tensors.size).toBe(3);
    const mixed = await sharded({ a: '2', b: '1' }, { 1: one('b', 2), 2: both });
    expect([...mixed.tensors.keys()].sort()).toEqual(['a', 'b', 'extra']);
    const twice = await sharded(
      { a: '2', c: '1' },
      {
        1: safetensors(
          {
            a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
            c: { dtype: 'F32', shape: [0], data_offsets: [0, 0] },
          },
          f32(5),
        ),
        2: one('a', 6),
      },
    );
    expect([...decode(await twice.read('a'), 'F32')]).toEqual([6]);
  });

  it.each([
    [
      'a missing shard',
      { a: '1', b: '2' },
      { 1: one('a', 1) },
      /expected 2, which .* names, got no such file/,
    ],
    ['a tensor that is not in its shard', { a: '1', b: '1' }, { 1: one('a', 1) }, /expected tensor "b"/],
    [
      'an unlisted tensor in two shards',
      { a: '1', b: '2' },
      { 1: two('a'), 2: two('b') },
      /"x" is in another shard too/,
    ],
    ['a path', { a: '../1' }, {}, /plain file name, got "..\/1"/],
    ['a folder', { a: 'sub/1' }, {}, /plain file name/],
    ['an address', { a: 'https:1' }, { 'https:1': one('b', 1) }, /expected tensor "a"/],
    ['a URL', { a: 'https://x.example' }, {}, /plain file name/],
    ['a backslash', { a: 'sub\\1' }, {}, /plain file name/],
    ['a number for a shard', { a: 1 }, {}, /plain file name, got 1/],
    ['no map', undefined, {}, /object weight_map/],
  ] as [string, unknown, Record<string, Uint8Array>, RegExp][])(
    'names %s',
    async (_, map, files, message) => {
      const failure = await sharded(map, files).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(CheckpointError);
      expect((failure as Error).message).toMatch(message);
    },
  );
});

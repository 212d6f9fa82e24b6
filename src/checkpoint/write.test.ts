import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Checkpoint } from './checkpoint';
import { encode } from './dtype';
import { CheckpointError, SourceError } from './errors';
import { MemorySink } from './memory-sink';
import { MemoryFiles, MemorySource } from './sources';
import { modelFiles, safetensors, text } from './testing';
import { type OutTensor, writeCheckpoint } from './write';

const SHIPPED = new URL('../../public/models/interlayer-fairy-1.7m/', import.meta.url);
const nothing = new MemoryFiles(new Map());
const contents = (tensors: OutTensor[], more: object = {}) => ({
  tensors,
  config: {},
  copyFrom: nothing,
  documents: { 'README.md': '', 'interlayer.json': '{}' },
  ...more,
});
const made = (name: string, values: number[], dtype = 'F32'): OutTensor => ({
  name,
  dtype,
  shape: [values.length],
  data: async () => encode(Float32Array.from(values), dtype),
});
const copies = (checkpoint: Checkpoint): OutTensor[] =>
  [...checkpoint.tensors.values()].map((tensor) => ({
    name: tensor.name,
    dtype: tensor.dtype,
    shape: tensor.shape,
    copyOf: tensor,
  }));

async function shipped(): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const name of [
    'config.json',
    'model.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
    'special_tokens_map.json',
    'generation_config.json',
    'README.md',
  ]) {
    files.set(name, await readFile(new URL(name, SHIPPED)));
  }
  return files;
}

async function expectSameTensors(back: Checkpoint, base: Checkpoint): Promise<void> {
  expect(back.tensors.size).toBe(base.tensors.size);
  for (const [name, { dtype, shape }] of base.tensors) {
    expect(back.tensors.get(name)).toMatchObject({ dtype, shape });
    expect(Buffer.compare(await back.read(name), await base.read(name)), name).toBe(0);
  }
}

it('writes the layout of the format, byte by byte', async () => {
  const sink = new MemorySink();
  const tensors = [made('half', [1], 'BF16'), made('full', [2])];
  const result = await writeCheckpoint(
    sink,
    contents(tensors, {
      documents: { 'README.md': '# card', 'interlayer.json': '{"version":1}' },
      config: { a: 1 },
    }),
  );
  const file = sink.files.get('model.safetensors') ?? new Uint8Array(0);
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  const header = text(file.subarray(8, 8 + length));
  expect(header).toMatch(/^\{.*\} *$/);
  // The wider dtype is first, so that both are aligned.
  expect(JSON.parse(header)).toEqual({
    __metadata__: { format: 'pt' },
    full: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
    half: { dtype: 'BF16', shape: [1], data_offsets: [4, 6] },
  });
  expect([...file.subarray(8 + length)]).toEqual([0, 0, 0, 0x40, 0x80, 0x3f]);
  expect(text(sink.files.get('README.md'))).toBe('# card');
  expect(text(sink.files.get('interlayer.json'))).toBe('{"version":1}');
  expect(JSON.parse(text(sink.files.get('config.json')))).toEqual({ a: 1 });
  expect(result.files.map(({ name }) => name)).toEqual([
    'model.safetensors',
    'README.md',
    'interlayer.json',
    'config.json',
  ]);
  for (const { name, bytes, sha256 } of result.files) {
    const written = sink.files.get(name) ?? Uint8Array.of(1);
    expect(bytes, name).toBe(written.byteLength);
    expect(sha256, name).toBe(createHash('sha256').update(written).digest('hex'));
  }
  expect(result).toMatchObject({ tensors: 2, unchanged: 0 });
  expect(result.bytes).toBe([...sink.files.values()].reduce((sum, bytes) => sum + bytes.byteLength, 0));
  expect(sink.committed).toBe(true);
});

describe('the shipped checkpoint', () => {
  it('comes back byte for byte, with what lies beside it', async () => {
    const files = await shipped();
    const base = await Checkpoint.open(new MemoryFiles(files));
    const sink = new MemorySink();
    const progress: number[] = [];
    await writeCheckpoint(
      sink,
      contents(copies(base), {
        copyFrom: base.files,
        config: base.config,
        documents: { 'README.md': 'new card' },
      }),
      { onProgress: (fraction) => progress.push(fraction) },
    );
    for (const name of [
      'tokenizer.json',
      'tokenizer_config.json',
      'special_tokens_map.json',
      'generation_config.json',
    ]) {
      expect(Buffer.compare(sink.files.get(name) ?? Buffer.of(), files.get(name) ?? Buffer.of(1)), name).toBe(
        0,
      );
    }
    expect(text(sink.files.get('README.md'))).toBe('new card');
    const back = await Checkpoint.open(new MemoryFiles(sink.files));
    expect(back.config).toEqual(base.config);
    await expectSameTensors(back, base);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
  });

  it('is cut into shards with an index', async () => {
    const base = await Checkpoint.open(new MemoryFiles(await shipped()));
    const sink = new MemorySink();
    const { files } = await writeCheckpoint(sink, contents(copies(base), { shardBytes: 300_000 }));
    const shards = files.map(({ name }) => name).filter((name) => name.endsWith('.safetensors'));
    expect(shards.length).toBeGreaterThan(9);
    const last = String(shards.length).padStart(5, '0');
    expect(shards[0]).toBe(`model-00001-of-${last}.safetensors`);
    expect(shards.at(-1)).toBe(`model-${last}-of-${last}.safetensors`);
    const index = JSON.parse(text(sink.files.get('model.safetensors.index.json')));
    expect(index.metadata.total_size).toBe(
      [...base.tensors.values()].reduce((sum, tensor) => sum + tensor.bytes, 0),
    );
    const back = await Checkpoint.open(new MemoryFiles(sink.files));
    expect(back.shards).toEqual(shards);
    await expectSameTensors(back, base);
    for (const shard of back.shards) {
      const bytes = [...back.tensors.values()]
        .filter((t) => t.file === shard)
        .reduce((sum, t) => sum + t.bytes, 0);
      expect(bytes).toBeLessThanOrEqual(300_000);
    }
  });
});

it('gives a tensor over the shard size its own file', async () => {
  const sink = new MemorySink();
  const tensors = [made('a', [1]), made('big', [1, 2, 3, 4]), made('b', [1]), made('c', [1])];
  await writeCheckpoint(sink, contents(tensors, { shardBytes: 8 }));
  const index = JSON.parse(text(sink.files.get('model.safetensors.index.json')));
  expect(index.weight_map).toEqual({
    a: 'model-00001-of-00003.safetensors',
    big: 'model-00002-of-00003.safetensors',
    b: 'model-00003-of-00003.safetensors',
    c: 'model-00003-of-00003.safetensors',
  });
});

it('random tensor sets survive writing and reading, in one file and in shards', async () => {
  const dtype = fc.constantFrom('F32', 'F16', 'BF16', 'F64', 'I64', 'U8', 'BOOL');
  const name = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('__proto__', 'constructor', '0'),
  );
  const tensor = fc.record({ name, dtype, shape: fc.array(fc.nat(4), { maxLength: 3 }), seed: fc.nat(255) });
  const sizes: Record<string, number> = { F32: 4, F16: 2, BF16: 2, F64: 8, I64: 8 };
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(tensor, { selector: (t) => t.name, maxLength: 12 }),
      fc.constantFrom(1, 16, 1e9),
      async (specs, shardBytes) => {
        const wanted = new Map(
          specs
            .filter((spec) => spec.name !== '__metadata__')
            .map((spec) => {
              const length = spec.shape.reduce((p, n) => p * n, 1) * (sizes[spec.dtype] ?? 1);
              // Bytes below 0x78 give no exponent of all ones in any float dtype.
              const bytes = Uint8Array.from({ length }, (_, i) => (spec.seed + 7 * i) % 0x78);
              return [spec.name, { ...spec, bytes }] as const;
            }),
        );
        const sink = new MemorySink();
        const tensors = [...wanted.values()].map((t) => ({
          name: t.name,
          dtype: t.dtype,
          shape: t.shape,
          data: async () => t.bytes,
        }));
        await writeCheckpoint(sink, contents(tensors, { shardBytes }));
        const back = await Checkpoint.open(new MemoryFiles(sink.files));
        expect(new Set(back.tensors.keys())).toEqual(new Set(wanted.keys()));
        for (const [key, { dtype, shape, bytes }] of wanted) {
          expect(back.tensors.get(key)).toMatchObject({ dtype, shape });
          expect(await back.read(key)).toEqual(bytes);
          expect((back.tensors.get(key)?.offset ?? 1) % (sizes[dtype] ?? 1)).toBe(0);
        }
      },
    ),
    { numRuns: 300 },
  );
});

it('copies a tensor of several chunks and finds its last value', async () => {
  // 9 Mi values of 4 bytes: three chunks, the last one short.
  const values = new Float32Array(9 * 2 ** 20 + 3).map((_, i) => i);
  const raw = new Uint8Array(values.buffer);
  const reads: number[] = [];
  const memory = new MemorySource(raw, 'x.safetensors');
  const source = {
    name: 'x.safetensors',
    size: raw.byteLength,
    read: (offset: number, length: number) => {
      reads.push(length);
      return memory.read(offset, length);
    },
  };
  const info = {
    name: 'w',
    dtype: 'F32',
    shape: [values.length],
    offset: 0,
    bytes: raw.byteLength,
    file: source.name,
    source,
  };
  const tensor: OutTensor = { name: 'copied', dtype: 'F32', shape: info.shape, copyOf: info };
  const sink = new MemorySink();
  const readBack: number[] = [];
  sink.finish = async () => ({
    name: 'x',
    open: async (name) => {
      const file = new MemorySource(sink.files.get(name) ?? new Uint8Array(0), name);
      const read = (offset: number, length: number) => (readBack.push(length), file.read(offset, length));
      return { name, size: file.size, read };
    },
  });
  await writeCheckpoint(sink, contents([tensor]), {
    newHash: () => ({ update: () => undefined, hex: () => '' }),
  });
  expect(reads).toEqual([2 ** 24, 2 ** 24, raw.byteLength - 2 ** 25]);
  // No read is larger on the way back either, so that memory is bounded by one chunk.
  expect(readBack.filter((length) => length > 1000)).toEqual(reads);
  expect(
    Buffer.from(sink.files.get('model.safetensors') ?? [])
      .subarray(-raw.byteLength)
      .equals(Buffer.from(raw)),
  ).toBe(true);

  values[values.length - 1] = Infinity;
  const spoilt = writeCheckpoint(sink, contents([tensor]));
  await expect(spoilt).rejects.toThrow(/tensor copied: .*at element 9437186\. It is so in x\.safetensors/);
});

async function fails(tensors: OutTensor[], more: object = {}): Promise<Error> {
  const sink = new MemorySink();
  const failure = await writeCheckpoint(sink, contents(tensors, more)).catch((error: unknown) => error);
  expect(sink.files.size).toBe(0);
  expect(sink.aborted).toBe(true);
  expect(sink.committed).toBe(false);
  return failure as Error;
}

describe('removes everything and says why when', () => {
  it('data overflows its dtype', async () => {
    const failure = await fails([made('ok', [1]), made('w', [1, 2, 65_520], 'F16')], { shardBytes: 1 });
    expect(failure).toBeInstanceOf(CheckpointError);
    expect(failure.message).toMatch(
      /tensor w: expected finite F16 values, .* element 2.*do not fit into F16/,
    );
  });

  it('data has the wrong length', async () => {
    const failure = await fails([
      { name: 'w', dtype: 'F32', shape: [2], data: async () => new Uint8Array(4) },
    ]);
    expect(failure.message).toMatch(/tensor w: expected 8 bytes for F32 \[2\], got 4/);
  });

  it('making data fails', async () => {
    const failure = await fails([
      made('ok', [1]),
      { name: 'w', dtype: 'F32', shape: [2], data: () => Promise.reject(new RangeError('device gone')) },
    ]);
    expect(failure.message).toBe('device gone');
  });

  it('a file to copy is cut short', async () => {
    const tokenizer = {
      name: 'tokenizer.json',
      size: 10,
      read: () => Promise.reject(new SourceError('cut off')),
    };
    const copyFrom = {
      name: 'x',
      open: async (name: string) => (name === 'tokenizer.json' ? tokenizer : undefined),
    };
    expect((await fails([made('ok', [1])], { copyFrom })).message).toBe('cut off');
  });

  it('the sink fails, at any step', async () => {
    for (let step = 0; step < 9; step++) {
      const sink = new MemorySink();
      const create = sink.create.bind(sink);
      let count = 0;
      const tick = () => {
        if (count++ === step) throw new Error(`full at ${step}`);
      };
      sink.create = async (name) => {
        const writer = await create(name);
        tick();
        return {
          write: async (bytes) => (tick(), writer.write(bytes)),
          close: async () => (tick(), writer.close()),
        };
      };
      await expect(writeCheckpoint(sink, contents([made('w', [1])]))).rejects.toThrow(`full at ${step}`);
      expect([sink.files.size, sink.aborted, sink.committed]).toEqual([0, true, false]);
    }
  });

  it('it is cancelled, while a tensor is made or after the last file', async () => {
    for (const at of ['data', 'config.json']) {
      const controller = new AbortController();
      const sink = new MemorySink();
      const create = sink.create.bind(sink);
      sink.create = async (name) => {
        const writer = await create(name);
        return {
          write: writer.write,
          close: async () => {
            await writer.close();
            if (name === at) controller.abort();
          },
        };
      };
      const tensor: OutTensor = {
        name: 'w',
        dtype: 'F32',
        shape: [1],
        data: async () => {
          if (at === 'data') controller.abort();
          return new Uint8Array(4);
        },
      };
      const failure = writeCheckpoint(sink, contents([tensor]), { signal: controller.signal });
      await expect(failure).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
      expect([sink.files.size, sink.aborted, sink.committed]).toEqual([0, true, false]);
    }
  });
});

it.each([
  ['a name twice', [made('w', [1]), made('w', [2])], /every name once/],
  ['a reserved name', [made('__metadata__', [1])], /one that the format reserves/],
  ['an unknown dtype', [{ ...made('w', [1]), dtype: 'F8_E5M2' }], /known dtype, got F8_E5M2/],
  ['a shape that is none', [{ ...made('w', [1]), shape: [1.5] }], /whole numbers/],
  ['no data', [{ name: 'w', dtype: 'F32', shape: [1] }], /got neither/],
] as [string, OutTensor[], RegExp][])(
  'refuses %s before anything is written',
  async (_, tensors, message) => {
    const sink = new MemorySink();
    await expect(writeCheckpoint(sink, contents(tensors))).rejects.toThrow(message);
    expect(sink.files.size).toBe(0);
  },
);

it('refuses a copy of another dtype or shape', async () => {
  const file = safetensors({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }, new Uint8Array(8));
  const base = await Checkpoint.open(new MemoryFiles(modelFiles(file)));
  const copyOf = base.tensor('a');
  const write = (dtype: string, shape: number[]) =>
    writeCheckpoint(new MemorySink(), contents([{ name: 'b', dtype, shape, copyOf }]));
  await expect(write('BF16', [4])).rejects.toThrow(/expected a copy of BF16 \[4\], got F32 \[2\]/);
  await expect(write('F32', [1, 2])).rejects.toThrow(/got F32 \[2\]/);
  await expect(write('F32', [2])).resolves.toBeDefined();
});

import { deepEqual } from 'node:assert/strict';
import * as fc from 'fast-check';
import { Checkpoint } from '../../../src/checkpoint/checkpoint';
import { readHeader } from '../../../src/checkpoint/header';
import { MemoryFiles } from '../../../src/checkpoint/sources';
import { modelFiles, safetensors } from '../../../src/checkpoint/testing';
import { readTensors } from '../../independent-reader';
import { overwrite, overwritten } from '../damage';
import { hostileText, seldom } from '../hostile';
import { jsonTexts } from '../json';
import { fuzzed } from '../parser';
import { ClaimedSource, claimedSize, hex } from './sources';

const HEADERS = [
  {
    __metadata__: { format: 'pt' },
    'model.norm.weight': { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
    half: { dtype: 'F16', shape: [4], data_offsets: [24, 32] },
    brain: { dtype: 'BF16', shape: [2, 1], data_offsets: [32, 36] },
    none: { dtype: 'F32', shape: [0, 5], data_offsets: [36, 36] },
    one: { dtype: 'F32', shape: [], data_offsets: [36, 40] },
  },
  { a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } },
  {},
];

interface Input {
  readonly file: Uint8Array;
  /** What a server claims its size to be; null: the truth. */
  readonly size: number | null;
}

/** A file with as many bytes as its header asks for, or some more or fewer; its numbers may be overwritten. */
const files: fc.Arbitrary<Input> = fc
  .tuple(
    jsonTexts(HEADERS),
    seldom(fc.integer({ min: -3, max: 3 })),
    seldom(fc.bigInt({ min: -9n, max: 9n })),
    seldom(fc.array(overwrite, { maxLength: 2 })),
    claimedSize,
  )
  .map(([header, more, off, overwrites, size]) => {
    const bytes = Math.max(0, dataBytes(header) + (more ?? 0));
    const data = Uint8Array.from({ length: bytes }, (_, i) => (i * 37) % 120);
    const length = BigInt(new TextEncoder().encode(header).byteLength) + (off ?? 0n);
    const file = safetensors(header, data, length < 0n ? 0n : length);
    return { file: overwritten(file, overwrites ?? []), size };
  });

/** Returns where the data of a header end, if that can be seen and is not far. */
function dataBytes(header: string): number {
  const ends = [...header.matchAll(/"data_offsets":\[\d+,(\d+)\]/g)].map(([, end]) => Number(end));
  return Math.max(0, ...ends.filter((end) => end < 10_000));
}

/** The header of a safetensors file, and all its tensors. */
export const safetensorsFile = fuzzed<Input>({
  name: 'safetensors',
  inputs: files,
  errors: ['CheckpointError', 'SourceError'],
  async read({ file, size }) {
    const source = size === null ? undefined : new ClaimedSource(file, size);
    if (source) return readHeader(source);
    const checkpoint = await Checkpoint.open(new MemoryFiles(modelFiles(file)));
    return tensorsOf(checkpoint);
  },
  check(tensors: Awaited<ReturnType<typeof tensorsOf>>, { file, size }) {
    if (size === null) deepEqual(tensors, new Map(readTensors(file)));
  },
  show: ({ file, size }) => `${size === null ? '' : `a server says ${size} bytes; `}${hex(file)}`,
});

/** Reads everything that a checkpoint lists. */
async function tensorsOf(checkpoint: Checkpoint) {
  const found = new Map<string, { dtype: string; shape: readonly number[]; bytes: Uint8Array }>();
  for (const [name, { dtype, shape }] of checkpoint.tensors)
    found.set(name, { dtype, shape, bytes: await checkpoint.read(name) });
  return found;
}

const INDEXES = [
  {
    metadata: { total_size: 12 },
    weight_map: { a: 'model-1.safetensors', b: 'model-2.safetensors', c: 'model-2.safetensors' },
  },
  { weight_map: { a: 'model-1.safetensors' } },
];
const SHARDS: readonly (readonly [string, Uint8Array])[] = [
  [
    'model-1.safetensors',
    safetensors({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, Uint8Array.of(0, 0, 128, 63)),
  ],
  [
    'model-2.safetensors',
    safetensors(
      {
        b: { dtype: 'F16', shape: [2], data_offsets: [0, 4] },
        c: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
      },
      Uint8Array.of(0, 60, 0, 60, 0, 0, 0, 64),
    ),
  ],
];

interface IndexInput {
  readonly index: string;
  /** Name under which the second shard lies in the folder. */
  readonly name: string;
}

/** The index of a checkpoint in several files. */
export const shardIndex = fuzzed<IndexInput>({
  name: 'index',
  inputs: fc.record({
    index: jsonTexts(INDEXES),
    name: fc.oneof({ weight: 9, arbitrary: fc.constant('model-2.safetensors') }, hostileText),
  }),
  errors: ['CheckpointError', 'SourceError'],
  read: async ({ index, name }) => tensorsOf(await Checkpoint.open(folderOf(index, name))),
  check(tensors: Awaited<ReturnType<typeof tensorsOf>>, { index, name }) {
    const map = (JSON.parse(index) as { weight_map: Record<string, string> }).weight_map;
    const shards = new Map(
      SHARDS.map(([own, bytes], i) => [i === 1 ? name : own, new Map(readTensors(bytes))]),
    );
    for (const shard of Object.values(map))
      if (shard.includes('/') || shard.includes('\\') || shard.includes('..'))
        throw new Error(`a shard outside the folder was read: ${JSON.stringify(shard)}`);
    for (const [tensor, read] of tensors) {
      const home = Object.hasOwn(map, tensor) ? map[tensor] : undefined;
      const holders = home === undefined ? Object.values(map) : [home];
      deepEqual(
        read,
        holders.map((shard) => shards.get(shard)?.get(tensor)).find((found) => found !== undefined),
      );
    }
    for (const named of Object.keys(map)) if (!tensors.has(named)) throw new Error(`${named} is missing`);
  },
  show: ({ index, name }) => `${index} beside a shard named ${JSON.stringify(name)}`,
});

function folderOf(index: string, name: string): MemoryFiles {
  const files = new Map(SHARDS.map(([own, bytes], i) => [i === 1 ? name : own, bytes]));
  const text = (content: string) => new TextEncoder().encode(content);
  return new MemoryFiles(
    files.set('config.json', text('{}')).set('model.safetensors.index.json', text(index)),
  );
}

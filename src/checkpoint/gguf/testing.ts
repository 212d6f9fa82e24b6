import { readFile } from 'node:fs/promises';
import { MemoryFiles } from '../sources';

/** A tensor for `ggufFile`; `shape` has rows first. */
export interface TestTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** A `ggml_type`. */
  readonly type: number;
  readonly data: Uint8Array;
}

/** A metadata value; whole numbers are written as u32, others as f32, arrays of numbers by their kind. */
export type TestValue = string | number | boolean | readonly string[] | Int32Array | Float32Array;

/** Returns a fixture of tests/fixtures/gguf. */
export const fixture = (name: string): Promise<Buffer> =>
  readFile(new URL(`../../../tests/fixtures/gguf/${name}`, import.meta.url));

/** Returns a folder that holds one GGUF file. */
export const ggufFolder = (file: Uint8Array): MemoryFiles => new MemoryFiles(new Map([['model.gguf', file]]));

/** Writes a GGUF file of version 3. */
export function ggufFile(
  metadata: Readonly<Record<string, TestValue>>,
  tensors: readonly TestTensor[] = [],
): Uint8Array {
  const parts: Uint8Array[] = [];
  const number = (bytes: number, set: (view: DataView) => void): void => {
    const part = new Uint8Array(bytes);
    set(new DataView(part.buffer));
    parts.push(part);
  };
  const u32 = (value: number): void => number(4, (view) => view.setUint32(0, value, true));
  const u64 = (value: number): void => number(8, (view) => view.setBigUint64(0, BigInt(value), true));
  const text = (value: string): void => {
    const bytes = new TextEncoder().encode(value);
    u64(bytes.byteLength);
    parts.push(bytes);
  };
  const value = (of: TestValue): void => {
    if (typeof of === 'string') {
      u32(8);
      text(of);
    } else if (typeof of === 'boolean') {
      u32(7);
      parts.push(Uint8Array.of(of ? 1 : 0));
    } else if (typeof of === 'number') {
      const whole = Number.isInteger(of);
      u32(whole ? 4 : 6);
      number(4, (view) => (whole ? view.setUint32(0, of, true) : view.setFloat32(0, of, true)));
    } else if (of instanceof Int32Array || of instanceof Float32Array) {
      u32(9);
      u32(of instanceof Int32Array ? 5 : 6);
      u64(of.length);
      parts.push(new Uint8Array(of.slice().buffer));
    } else {
      u32(9);
      u32(8);
      u64(of.length);
      for (const each of of) text(each);
    }
  };
  parts.push(new TextEncoder().encode('GGUF'));
  u32(3);
  u64(tensors.length);
  u64(Object.keys(metadata).length);
  for (const [key, of] of Object.entries(metadata)) {
    text(key);
    value(of);
  }
  const padded = (bytes: number): number => Math.ceil(bytes / 32) * 32;
  let offset = 0;
  for (const tensor of tensors) {
    text(tensor.name);
    u32(tensor.shape.length);
    for (const size of tensor.shape.toReversed()) u64(size);
    u32(tensor.type);
    u64(offset);
    offset += padded(tensor.data.byteLength);
  }
  const header = Buffer.concat(parts);
  const file = new Uint8Array(padded(header.byteLength) + offset);
  file.set(header);
  let at = padded(header.byteLength);
  for (const { data } of tensors) {
    file.set(data, at);
    at += padded(data.byteLength);
  }
  return file;
}

/** Metadata of a Llama model of one block: 8 wide, 2 heads of 4. */
export const SMALL_LLAMA = {
  'general.architecture': 'llama',
  'llama.block_count': 1,
  'llama.context_length': 64,
  'llama.embedding_length': 8,
  'llama.feed_forward_length': 12,
  'llama.attention.head_count': 2,
  'llama.attention.layer_norm_rms_epsilon': 1.5e-5,
} as const;

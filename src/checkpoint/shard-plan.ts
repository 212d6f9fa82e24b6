import { bytesPerValue } from './dtype';
import { CheckpointError } from './errors';
import { type TensorInfo, byteLength } from './header';

/** A tensor to write. Exactly one of `copyOf` and `data` is given. */
export interface OutTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** The source to copy from byte for byte, unless `convert` is given. */
  readonly copyOf?: TensorInfo;
  /** Turns consecutive values of `copyOf` into the same number of values of `dtype`. */
  readonly convert?: (bytes: Uint8Array) => Uint8Array;
  /** Called for the bytes when the tensor is written. */
  readonly data?: () => Promise<Uint8Array>;
}

export interface Shard {
  readonly name: string;
  readonly tensors: readonly OutTensor[];
  /** 8 bytes of length, then the JSON. */
  readonly header: Uint8Array;
  readonly bytes: number;
}

/** Returns the bytes of an output tensor. */
export function outBytes({ dtype, shape }: OutTensor): number {
  return byteLength(shape, bytesPerValue(dtype) ?? 0);
}

/**
 * Distributes tensors in order over files with at most `shardBytes` of data; a larger tensor gets its own file.
 * @throws CheckpointError for duplicate names, unknown dtypes, copies of another dtype or shape, or missing data.
 */
export function planShards(tensors: readonly OutTensor[], shardBytes: number): Shard[] {
  checkTensors(tensors);
  const groups: OutTensor[][] = [[]];
  let filled = 0;
  for (const tensor of tensors) {
    const bytes = outBytes(tensor);
    if (filled > 0 && filled + bytes > shardBytes) {
      groups.push([]);
      filled = 0;
    }
    groups.at(-1)?.push(tensor);
    filled += bytes;
  }
  return groups.map((group, index) => makeShard(shardName(index, groups.length), group));
}

function shardName(index: number, count: number): string {
  if (count === 1) return 'model.safetensors';
  return `model-${fiveDigits(index + 1)}-of-${fiveDigits(count)}.safetensors`;
}

function fiveDigits(n: number): string {
  return String(n).padStart(5, '0');
}

function makeShard(name: string, group: readonly OutTensor[]): Shard {
  // Wide dtypes first, so that every tensor is aligned to its dtype, as PyTorch's views need.
  const tensors = [...group].sort((a, b) => (bytesPerValue(b.dtype) ?? 0) - (bytesPerValue(a.dtype) ?? 0));
  // Object.fromEntries, unlike assignment, also works for a tensor named __proto__.
  const entries: [string, unknown][] = [['__metadata__', { format: 'pt' }]];
  let end = 0;
  for (const tensor of tensors) {
    const begin = end;
    end += outBytes(tensor);
    entries.push([tensor.name, { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [begin, end] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const length = Math.ceil(json.byteLength / 8) * 8;
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, 8);
  return { name, tensors, header, bytes: end };
}

function checkTensors(tensors: readonly OutTensor[]): void {
  const names = new Set<string>();
  for (const tensor of tensors) {
    const { name, dtype, shape, copyOf, convert, data } = tensor;
    const fail = (expected: string, got: string): never => {
      throw new CheckpointError(
        `tensor ${name}: expected ${expected}, got ${got}. Correct the list of tensors.`,
      );
    };
    if (names.has(name)) fail('every name once', 'it twice');
    names.add(name);
    if (name === '__metadata__') fail('a tensor name', 'one that the format reserves');
    if (bytesPerValue(dtype) === undefined) fail('a known dtype', dtype);
    if (!shape.every((n) => Number.isInteger(n) && n >= 0) || outBytes(tensor) === Infinity) {
      fail('a shape of whole numbers', `[${shape.join(', ')}]`);
    }
    if ((copyOf === undefined) === (data === undefined)) {
      fail('either a tensor to copy or data', copyOf === undefined ? 'neither' : 'both');
    }
    const differs = convert === undefined && copyOf?.dtype !== dtype;
    if (copyOf !== undefined && (differs || copyOf.shape.join() !== shape.join())) {
      fail(`a copy of ${dtype} [${shape.join(', ')}]`, `${copyOf.dtype} [${copyOf.shape.join(', ')}]`);
    }
  }
}

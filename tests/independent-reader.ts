/** Reads the files of a model by the published formats, with nothing of `src`: safetensors in one file or shards, and config.json. */

interface ReadTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface ReadModel {
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: ReadonlyMap<string, ReadTensor>;
}

type Files = ReadonlyMap<string, Uint8Array>;

const text = (files: Files, name: string): string => new TextDecoder().decode(files.get(name));
const json = (files: Files, name: string) => JSON.parse(text(files, name)) as Record<string, unknown>;

export function readModel(files: Files): ReadModel {
  const index = files.get('model.safetensors.index.json');
  const map = index && (json(files, 'model.safetensors.index.json')['weight_map'] as Record<string, string>);
  const names = map ? [...new Set(Object.values(map))] : ['model.safetensors'];
  const tensors = new Map<string, ReadTensor>();
  for (const name of names)
    for (const entry of readTensors(files.get(name) ?? new Uint8Array())) tensors.set(...entry);
  if (map && Object.keys(map).length !== tensors.size) throw new Error('the index names other tensors');
  return { config: json(files, 'config.json'), tensors };
}

/** Returns the tensors of one safetensors file. */
export function readTensors(file: Uint8Array): [string, ReadTensor][] {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  const ends = entries.map(([, { data_offsets }]) => data_offsets[1]);
  if (8 + length + Math.max(0, ...ends) !== file.length)
    throw new Error('bytes beyond the last tensor, or too few');
  return entries.map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [start, end],
      },
    ]) => [name, { dtype, shape, bytes: file.slice(8 + length + start, 8 + length + end) }],
  );
}

/** Values of an F32 tensor. */
export function float32(tensor: ReadTensor | undefined): Float32Array {
  if (tensor?.dtype !== 'F32') throw new Error(`expected an F32 tensor, got ${tensor?.dtype}`);
  return new Float32Array(tensor.bytes.slice().buffer);
}

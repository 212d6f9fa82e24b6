import type { Backend } from '../backend/operations';
import { TrainError } from './errors';
import type { RunEvaluation } from './evaluation';
import type { Parameters } from './parameters';

/** Everything except the parameters that a resumed training needs. */
export interface Progress {
  /** Number of steps done. */
  readonly step: number;
  /** Number of AdamW steps since the moments were last zero. */
  readonly moments: number;
  /** Number of counted predictions so far. */
  readonly tokens: number;
  /** Loss of every step done. */
  readonly losses: readonly number[];
  readonly evaluations: readonly RunEvaluation[];
}

interface Header extends Progress {
  readonly format: typeof FORMAT;
  /** Identifies model, settings and data; a state is restored only into a run with the same key. */
  readonly key: string;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

const FORMAT = 'interlayer training 1';

/**
 * Serialises a training: eight bytes of header length, a JSON header, then values, first and second moments of every tensor in
 * float32. Nothing is rounded, so a restored run gives the same numbers.
 */
export async function saveState(
  backend: Backend,
  { all }: Parameters,
  key: string,
  progress: Progress,
): Promise<Uint8Array<ArrayBuffer>> {
  const tensors = all.map(({ name, value }) => ({ name, shape: value.shape }));
  const text = new TextEncoder().encode(JSON.stringify({ format: FORMAT, key, ...progress, tensors }));
  // Float32Array needs an offset that is a multiple of 4.
  const start = 8 + Math.ceil(text.length / 4) * 4;
  const size = all.reduce((sum, { value }) => sum + 3 * value.bytes, 0);
  const file = new Uint8Array(start + size);
  new DataView(file.buffer).setBigUint64(0, BigInt(start - 8), true);
  file.fill(0x20, 8, start);
  file.set(text, 8);
  let offset = start;
  for (const { value, moments } of all) {
    for (const tensor of [value, moments]) {
      new Float32Array(file.buffer, offset, tensor.bytes / 4).set(await backend.read(tensor));
      offset += tensor.bytes;
    }
  }
  return file;
}

/** Restores a saved training. @throws TrainError if the bytes are not a complete state of this training; changes nothing then. */
export function restoreState(
  backend: Backend,
  { all }: Parameters,
  key: string,
  state: Uint8Array,
): Progress {
  const file = state.slice();
  const { header, start } = readHeader(file);
  if (header.key !== key)
    throw new TrainError(
      'expected a state of this training, got one of another recipe, model or text. Continue it with its own, or start anew.',
    );
  const size = all.reduce((sum, { value }) => sum + 3 * value.bytes, 0);
  const wanted = JSON.stringify(all.map(({ name, value }) => ({ name, shape: value.shape })));
  if (JSON.stringify(header.tensors) !== wanted || file.length - start !== size) throw damaged();
  let offset = start;
  for (const { value, moments } of all) {
    for (const tensor of [value, moments]) {
      backend.write(tensor, new Float32Array(file.buffer, offset, tensor.bytes / 4));
      offset += tensor.bytes;
    }
  }
  const { step, moments, tokens, losses, evaluations } = header;
  return { step, moments, tokens, losses, evaluations };
}

function readHeader(file: Uint8Array<ArrayBuffer>): { header: Header; start: number } {
  if (file.length < 8) throw damaged();
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  if (length > file.length - 8) throw damaged();
  try {
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as Header | null;
    if (header?.format === FORMAT) return { header, start: 8 + length };
  } catch {
    // Falls through to the error below.
  }
  throw damaged();
}

const damaged = (): TrainError =>
  new TrainError(
    'expected the saved state of a training, got a damaged or another file. Start the training anew.',
  );

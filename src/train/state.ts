import * as v from 'valibot';
import { count, finite, orNaN } from '../stored-number';
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

const FORMAT = 'interlayer training 1';

const loss = v.nullable(finite);
const HeaderSchema = v.pipe(
  v.object({
    format: v.literal(FORMAT),
    key: v.string(),
    step: count,
    moments: count,
    tokens: count,
    losses: v.array(finite),
    evaluations: v.array(
      v.object({
        step: count,
        heldout: loss,
        retention: loss,
        response: loss,
        moved: v.record(v.string(), v.object({ distance: orNaN, from: orNaN })),
      }),
    ),
    tensors: v.array(v.object({ name: v.string(), shape: v.array(count) })),
  }),
  v.check(({ step, losses, moments }) => losses.length === step && moments <= step),
);

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
  // A copy at offset 0, also of a Buffer, whose `slice` is a view.
  const file = new Uint8Array(state);
  const { header, start } = readHeader(file);
  if (header.key !== key)
    throw new TrainError(
      'expected a state of this training, got one of another recipe, model or text. Continue it with its own, or start anew.',
    );
  const size = all.reduce((sum, { value }) => sum + 3 * value.bytes, 0);
  const wanted = JSON.stringify(all.map(({ name, value }) => ({ name, shape: value.shape })));
  if (JSON.stringify(header.tensors) !== wanted || file.length - start !== size) throw damaged();
  if (!new Float32Array(file.buffer, start).every(Number.isFinite)) throw damaged();
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

function readHeader(file: Uint8Array<ArrayBuffer>): {
  header: v.InferOutput<typeof HeaderSchema>;
  start: number;
} {
  if (file.length < 8) throw damaged();
  const bytes = Number(new DataView(file.buffer).getBigUint64(0, true));
  // Values begin and end where float32 values can.
  if (bytes > file.length - 8 || bytes % 4 !== 0 || file.length % 4 !== 0) throw damaged();
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(8, 8 + bytes));
    return { header: v.parse(HeaderSchema, JSON.parse(text)), start: 8 + bytes };
  } catch {
    throw damaged();
  }
}

const damaged = (): TrainError =>
  new TrainError(
    'expected the saved state of a training, got a damaged or another file. Start the training anew.',
  );

import type { Backend } from '../../backend/operations';
import type { Scope } from '../../backend/scope';
import { matrix } from '../../backend/shape';
import type { Block } from '../../llama/block';
import { expectSupported, type LlamaConfig } from '../../llama/config';
import type { Against } from '../../recipe/against';
import type { Recipe } from '../../recipe/schema';
import { nullRows } from '../../transport/null-rows';
import { UpscaleError } from '../block/errors';
import type { PlannedTensor } from '../block/planned';
import type { RowPair } from '../contract/context';
import { comparesActivations, noNullReason } from '../methods/resolve';

interface Compared extends Pick<Recipe, 'method' | 'cost'> {
  readonly tensor: PlannedTensor;
  readonly against?: Against | undefined;
}

/**
 * Checks that a tensor's rows can be compared with something else than the next block's.
 * @throws UpscaleError for a null of activations or of whole heads, and for a copy compared by activations;
 * UnsupportedArchitectureError for a copy of a block of which it is not known what may be exchanged.
 */
export function checkAgainst(request: Compared, config: LlamaConfig): void {
  const { method, tensor, against } = request;
  if (against === undefined || against.kind === 'next') return;
  if (against.kind === 'copy') expectSupported(config);
  const reason = against.kind === 'null' ? noNullReason(request, tensor) : noCopyReason(request);
  if (reason === undefined) return;
  throw new UpscaleError(
    `${method}, ${tensor}: expected the next block to compare with, got ${against.kind}. ${reason} Compare weights, or another tensor.`,
  );
}

const noCopyReason = (recipe: Compared): string | undefined =>
  comparesActivations(recipe)
    ? 'Activations are read from the model, and the copy is no part of it.'
    : undefined;

/** Makes a shuffled copy of a block, or of those of its tensors that are given. `scope` owns it. */
export async function shuffledCopy(
  backend: Backend,
  block: Block,
  config: LlamaConfig,
  { seed }: Against & { kind: 'copy' },
  scope: Scope,
): Promise<Block> {
  // Fetched when first used, to keep the first load small.
  const { ordered, randomOrder } = await import('../structured/block-order');
  const copy = ordered(backend, block, config, randomOrder(config, seed));
  for (const tensor of copy.values()) scope.own(tensor);
  return copy;
}

/** Puts shuffled rows in the place of `b`; frees `rows` if that fails. */
export async function withNullRows(
  backend: Backend,
  rows: RowPair,
  seed: number,
  draw: number,
): Promise<RowPair> {
  try {
    const [count] = matrix(rows.b);
    const drawn = nullRows(await backend.read(rows.b), count, seed, draw);
    const b = backend.upload(drawn, rows.b.shape, 'f32', `${rows.b.label}, null ${draw}`);
    let held = true;
    return {
      a: rows.a,
      b,
      free: () => {
        if (held) backend.free(b);
        held = false;
        rows.free();
      },
    };
  } catch (error) {
    rows.free();
    throw error;
  }
}

import { NULL_DRAWS, NullCache } from '../../measures/null-cache';
import { PLANNED_TENSORS, type PlannedTensor } from '../../upscale/block/planned';
import { noNullReason } from '../../upscale/methods/resolve';
import { parseRecipe } from '../../upscale/recipe';
import { RequestError } from '../jobs/errors';
import type { NullMeasure } from '../jobs';
import type { Job } from '../workspace/context';
import { progress } from '../workspace/context';
import type { CacheKey } from '../workspace/workspace';

const MOST_DRAWS = 100;

/** The open model's nulls. */
export const nulls: CacheKey<NullCache> = {
  make: () => new NullCache(),
  clear: (kept) => kept.clear(),
};

/** Measures the alignments of a gap against their nulls. */
export const measureNulls: Job<'null'> = async (
  workspace,
  request,
  context,
): Promise<readonly NullMeasure[]> => {
  const recipe = parseRecipe(request.recipe);
  const { gap, tensors = PLANNED_TENSORS, part, against, stored, draws = NULL_DRAWS } = request;
  const { backend, weights } = workspace;
  const { signal } = context;
  check(tensors, draws);
  const measures: NullMeasure[] = [];
  for (const [i, tensor] of tensors.entries()) {
    const [start, end] = [i / tensors.length, (i + 1) / tensors.length];
    const reason = noNullReason(recipe, tensor);
    if (reason !== undefined) {
      measures.push({ tensor, reason });
      continue;
    }
    const asked = { ...recipe, gap, tensor, part, against, stored };
    const onProgress = progress(context, 'Measuring the null', start, end);
    const measured = await workspace
      .get(nulls)
      .measure(backend, weights, asked, { draws, signal, onProgress });
    onProgress(1);
    measures.push({ tensor, ...measured });
  }
  return measures;
};

function check(tensors: readonly PlannedTensor[], draws: number): void {
  const unknown = tensors.find((tensor) => !PLANNED_TENSORS.includes(tensor));
  if (unknown !== undefined)
    throw new RequestError(`null: expected tensors among ${PLANNED_TENSORS.join(', ')}, got ${unknown}`);
  if (Number.isInteger(draws) && draws >= 2 && draws <= MOST_DRAWS) return;
  throw new RequestError(
    `null: expected 2 to ${MOST_DRAWS} draws, got ${draws}. Leave them out for ${NULL_DRAWS}; their spread needs two.`,
  );
}

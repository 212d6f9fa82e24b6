import { measureNull } from '../../measures/null';
import { PLANNED_TENSORS, type PlannedTensor } from '../../upscale/block/planned';
import { alignmentProblem } from '../../upscale/expanding/alignment';
import { noNullReason } from '../../upscale/methods/resolve';
import { parseRecipe } from '../../upscale/recipe';
import { RequestError } from '../jobs/errors';
import type { NullMeasure } from '../jobs';
import type { Job } from '../workspace/context';
import { progress } from '../workspace/context';

/** Enough for a mean to 0.01 and a rough spread. */
const DRAWS = 5;
const MOST_DRAWS = 100;

/** Measures the alignments of a gap against their nulls. */
export const measureNulls: Job<'null'> = async (
  { backend, weights },
  request,
  context,
): Promise<readonly NullMeasure[]> => {
  const recipe = parseRecipe(request.recipe);
  const { gap, tensors = PLANNED_TENSORS, part, against, stored, draws = DRAWS } = request;
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
    const problem = await alignmentProblem(backend, weights, asked, { signal });
    try {
      const { seed } = recipe;
      const onProgress = progress(context, 'Measuring the null', start, end);
      measures.push({
        tensor,
        ...(await measureNull(backend, problem, { seed, draws, signal, onProgress })),
      });
    } finally {
      problem.free();
    }
  }
  return measures;
};

function check(tensors: readonly PlannedTensor[], draws: number): void {
  const unknown = tensors.find((tensor) => !PLANNED_TENSORS.includes(tensor));
  if (unknown !== undefined)
    throw new RequestError(`null: expected tensors among ${PLANNED_TENSORS.join(', ')}, got ${unknown}`);
  if (Number.isInteger(draws) && draws >= 2 && draws <= MOST_DRAWS) return;
  throw new RequestError(
    `null: expected 2 to ${MOST_DRAWS} draws, got ${draws}. Leave them out for ${DRAWS}; their spread needs two.`,
  );
}

import type { Backend } from '../backend/operations';
import type { WeightSource } from '../llama/weights';
import { againstText, NEXT } from '../recipe/against';
import { flowOf, isLayout } from '../upscale/contract/method';
import { type AlignmentRequest, alignmentProblem } from '../upscale/expanding/alignment';
import { methodOf } from '../upscale/methods';
import { zeroInitOf } from '../upscale/methods/resolve';
import type { NullNumbers } from './measurement';
import { measureNull } from './null';

/** Draws of a null where no other number is asked for: enough for a mean to 0.01 and a rough spread. */
export const NULL_DRAWS = 5;

interface MeasureOptions {
  readonly draws?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** Nulls of one model's alignments by the problem they belong to, which recipes may share. */
export class NullCache {
  readonly #known = new Map<string, NullNumbers>();

  /**
   * Measures an alignment against its null, unless it is known.
   * @throws as `alignmentProblem` and `measureNull`; UpscaleError where there is no null (see `noNullReason`).
   */
  async measure(
    backend: Backend,
    weights: WeightSource,
    request: AlignmentRequest,
    { draws = NULL_DRAWS, signal, onProgress }: MeasureOptions,
  ): Promise<NullNumbers> {
    const key = `${problemKey(request)} ${draws}`;
    const known = this.#known.get(key);
    if (known) return known;
    const problem = await alignmentProblem(backend, weights, request, { signal });
    try {
      const { seed } = request;
      const measured = await measureNull(backend, problem, { seed, draws, signal, onProgress });
      this.#known.set(key, measured);
      return measured;
    } finally {
      problem.free();
    }
  }

  clear(): void {
    this.#known.clear();
  }
}

/** Key of what a problem and its null depend on. Methods without plans have the same problems. */
function problemKey(request: AlignmentRequest): string {
  const { method: id, gap, tensor, part, against = NEXT, stored = false } = request;
  const method = methodOf(id);
  const own = !isLayout(method) && method.problem ? [request.structured, zeroInitOf(request)] : [];
  const solved = flowOf(method) ? [id, request.solver, own] : [];
  const { cost, parents, seed } = request;
  return JSON.stringify([gap, parents[gap], tensor, part, againstText(against), stored, cost, seed, solved]);
}

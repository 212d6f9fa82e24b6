import { createYielder } from '../../yielder';
import { type PlanMeasures, planMeasures } from '../../transport/plan';
import type { Alignment } from './alignment';
import type { JobContext } from '../workspace/context';
import { throwIfAborted } from '../jobs/errors';
import type { AlignResult } from '../jobs';
import { Recorder } from './recorder';

/** Up to this many rows the exact assignment is found along with the rest, in well under a second. */
export const MAX_EAGER_EXACT_ROWS = 512;
/** Frames are sent no more often than a screen shows them. */
const FRAME_MS = 12;
/** How long to compute before pictures that were asked for meanwhile are answered. */
const SLICE_MS = 8;

/** What became of an alignment's problem. */
export type Solution = Pick<
  AlignResult,
  | 'plan'
  | 'halfSteps'
  | 'iterations'
  | 'epsilon'
  | 'converged'
  | 'errors'
  | 'planPerplexity'
  | 'transportCost'
  | 'marginalError'
> & { readonly argmax: Uint32Array };

/** Solves by half-steps that can be watched. Frames are sent of those whose plans can be looked at. */
export async function iterate(alignment: Alignment, { signal, emit }: JobContext): Promise<Solution> {
  const { backend, cost, key } = alignment;
  const solver = alignment.solver();
  let kept = false;
  try {
    const recorder = new Recorder(alignment, solver);
    const pause = createYielder(SLICE_MS);
    let framed = -Infinity;
    const frame = (): void => {
      const now = performance.now();
      if (now - framed < FRAME_MS && !solver.done) return;
      framed = now;
      const { stage } = solver.frame;
      if (!recorder.showsPlan) {
        const label = `Step ${stage.index + 1} of ${stage.count}`;
        emit({ type: 'progress', progress: { label, fraction: stage.index / stage.count } });
        return;
      }
      const marginalError = recorder.errors.at(-1) ?? Number.NaN;
      const { halfSteps: halfStep, epsilon } = solver;
      emit({ type: 'frame', frame: { key, halfStep, marginalError, epsilon } });
    };
    await recorder.start();
    frame();
    while (!solver.done) {
      throwIfAborted(signal);
      await recorder.halfStep(signal);
      frame();
      await pause();
    }
    const measures = await planMeasures(backend, solver.plan, signal);
    if (alignment.rows <= MAX_EAGER_EXACT_ROWS) await alignment.solveExactly(signal);
    const { halfSteps, iterations, converged, epsilon } = solver;
    // What the plan is formed from is the solver's own where it has moved the points.
    kept = solver.cost !== cost;
    if (kept) alignment.keep(solver);
    const { errors } = recorder;
    return { plan: 'entropic', halfSteps, iterations, epsilon, converged, errors, ...pickMeasures(measures) };
  } finally {
    alignment.formingCost = undefined;
    if (!kept) solver.free();
  }
}

export const pickMeasures = ({ planPerplexity, transportCost, marginalError, argmax }: PlanMeasures) => ({
  planPerplexity,
  transportCost,
  marginalError,
  argmax,
});

import { createYielder } from '../../yielder';
import { type PlanMeasures, planMeasures } from '../../transport/plan';
import type { Alignment } from './alignment';
import type { JobContext } from '../workspace/context';
import { throwIfAborted } from '../jobs/errors';
import type { AlignResult } from '../jobs';
import { Recorder } from './recorder';
import { now } from '../../now';

/** Up to this many rows the exact assignment is always computed, because it takes well under a second. */
export const MAX_EAGER_EXACT_ROWS = 512;
/** Minimum time between frames, below that of a screen refresh. */
const FRAME_MS = 12;
/** How long to compute before the event loop may run requested pictures. */
const SLICE_MS = 8;

/** The part of the result that comes from the solver. */
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

/** Solves an alignment half-step by half-step. Frames are sent of half-steps whose plan can be drawn. */
export async function iterate(alignment: Alignment, { signal, emit }: JobContext): Promise<Solution> {
  const { backend, cost, key } = alignment;
  const solver = alignment.solver();
  let kept = false;
  try {
    const recorder = new Recorder(alignment, solver);
    const pause = createYielder(SLICE_MS);
    let framed = -Infinity;
    const frame = (): void => {
      const time = now();
      if (time - framed < FRAME_MS && !solver.done) return;
      framed = time;
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
    // ProgOT moves the points, so the plan belongs to the solver's own cost, which must be kept.
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

import { TransportError } from '../../transport/errors';
import { planMeasures } from '../../transport/plan';
import { alignmentOf } from '../aligning/align';
import type { Alignment } from '../aligning/alignment';
import type { Job } from '../workspace/context';
import { progress } from '../workspace/context';
import { RequestError, throwIfAborted } from '../jobs/errors';
import { deviceMatrix } from './device-matrix';
import { AlignmentCache } from '../aligning/alignment-cache';
import { createYielder } from '../../yielder';

/** The measures of a plan at one half-step. */
interface Measured {
  readonly transportCost: number;
  readonly planPerplexity: number;
}

const UNMEASURABLE: Measured = { transportCost: Number.NaN, planPerplexity: Number.NaN };
const MAX_HALF_STEPS = 4096;
/** Measures of an alignment's plan by half-step. */
const known = new AlignmentCache(() => new Map<number, Measured>());
/** How long to compute before the event loop may run requested pictures. */
const SLICE_MS = 8;

/** Measures transport cost and plan perplexity of a plan after the given half-steps. */
export const curve: Job<'curve'> = async (workspace, { key, halfSteps }, context) => {
  const { signal } = context;
  const alignment = await alignmentOf(workspace, key, signal);
  check(alignment, halfSteps);
  const report = progress(context, 'Measuring the plan');
  const pause = createYielder(SLICE_MS);
  return alignment.pinned(async () => {
    // In ascending order, so that the replay of evicted half-steps never starts over.
    const asked = [...new Set(halfSteps)].toSorted((a, b) => a - b);
    for (const [i, halfStep] of asked.entries()) {
      throwIfAborted(signal);
      await measuredAt(alignment, halfStep, signal);
      report((i + 1) / asked.length);
      await pause();
    }
    const measures = halfSteps.map((halfStep) => known.of(alignment).get(halfStep) ?? UNMEASURABLE);
    return {
      transportCost: measures.map(({ transportCost }) => transportCost),
      planPerplexity: measures.map(({ planPerplexity }) => planPerplexity),
    };
  });
};

async function measuredAt(
  alignment: Alignment,
  halfStep: number,
  signal: AbortSignal | undefined,
): Promise<Measured> {
  const { backend, planCost, cost } = alignment;
  const measures = known.of(alignment);
  const held = measures.get(halfStep);
  if (held) return held;
  const { potentials, free } = deviceMatrix(
    backend,
    planCost,
    await alignment.snapshotAt(halfStep, signal),
    undefined,
  );
  let measured = UNMEASURABLE;
  try {
    const ground = planCost === cost ? {} : { ground: cost };
    const plan = { kind: 'entropic', cost: planCost, potentials, ...ground } as const;
    const { transportCost, planPerplexity } = await planMeasures(backend, plan, signal);
    measured = { transportCost, planPerplexity };
  } catch (error) {
    // The plan of a start that is far off overflows f32. This is no failure: later half-steps have measures.
    if (!(error instanceof TransportError)) throw error;
  } finally {
    free();
  }
  measures.set(halfStep, measured);
  return measured;
}

function check({ plan, history }: Alignment, halfSteps: readonly number[]): void {
  if (plan !== 'entropic')
    throw new RequestError('curve: expected a plan that is iterated, got a method without one');
  if (halfSteps.length > MAX_HALF_STEPS) {
    throw new RequestError(
      `curve: expected at most ${MAX_HALF_STEPS} half-steps, got ${halfSteps.length}. Ask for some of them.`,
    );
  }
  const last = history.clampHalfStep() ?? -1;
  const wrong = halfSteps.find((step) => !(Number.isInteger(step) && step >= 0 && step <= last));
  if (wrong === undefined) return;
  throw new RequestError(`curve: expected half-steps from 0 to ${last}, got ${wrong}`);
}

// Pooled pictures of costs, plans, permutations and differences of plans. Imports of the engine neurons, for orders, and what
// neurons imports.

import { alignmentOf } from '../aligning/align';
import type { Alignment } from '../aligning/alignment';
import type { Job } from '../workspace/context';
import { progress } from '../workspace/context';
import { difference } from './difference';
import { RequestError, expectFinite, throwIfAborted } from '../jobs/errors';
import type { Snapshot } from '../aligning/history';
import type { Picture, PictureRequest } from '../jobs';
import { at, layer, placedAssignment } from '../plans/layer';
import { Memory } from '../aligning/memory';
import { permutationPicture, rowHighs, wholeFrame } from './pixels';
import { lastSums, PlanSumsPass, sumsOf } from '../plans/plan-sums';
import { pool } from './pool';
import { drawnFrame, type Sight, sightOf } from './sight';

type Signal = AbortSignal | undefined;

type Drawn = Pick<Picture, 'max' | 'mean' | 'rowMass' | 'columnMass'> & {
  readonly halfStep: number;
  /** The largest value of every row, by index. */
  readonly highs: Float32Array;
};

/** Pictures of a cost that is not kept take a pass over it; this many are kept instead. */
const MOST_OVERVIEWS = 4;
/** Those pictures, by what was asked for. */
const overviews = new Memory(() => new Map<string, Picture>());
/** The largest value of every row of an alignment's cost. */
const costHighs = new Memory((): { values?: Float32Array } => ({}));

/** A pooled picture of the cost, of the plan as it was after a half-step, of the exact permutation, or of a difference of plans. */
export const picture: Job<'picture'> = async (workspace, request, context) => {
  const { signal } = context;
  const alignment = await alignmentOf(workspace, request.key, signal);
  const { minus } = request;
  if ((request.kind === 'difference') !== (minus !== undefined))
    throw new RequestError('picture: expected `minus` with a difference, and only with one');
  const other = minus && (await alignmentOf(workspace, minus.key, signal));
  return alignment.pinned(async () => {
    const sight = await sightOf(alignment, request, signal);
    const exactly = progress(context, 'Exact assignment');
    if (other && minus) {
      const drawn = await other.pinned(() =>
        difference(alignment, request.halfStep, { alignment: other, ...minus }, sight, signal, exactly),
      );
      return finished(request, sight, drawn, signal);
    }
    const { cost, result } = alignment;
    const kept = overviews.of(alignment);
    if (cost.resident || request.window) {
      return finished(request, sight, await draw(alignment, request, sight, signal, exactly), signal);
    }
    const name = JSON.stringify([request.kind, request.halfStep, request.order, request.maxPixels]);
    const held = kept.get(name);
    if (held) return copyOf(held);
    const drawn = finished(request, sight, await draw(alignment, request, sight, signal, exactly), signal);
    if (result) {
      const [oldest] = kept.keys();
      if (kept.size >= MOST_OVERVIEWS && oldest !== undefined) kept.delete(oldest);
      kept.set(name, copyOf(drawn));
    }
    return drawn;
  });
};

async function draw(
  alignment: Alignment,
  request: PictureRequest,
  sight: Sight,
  signal: Signal,
  onProgress: (fraction: number) => void,
): Promise<Drawn> {
  const { plan, rows, columns, history } = alignment;
  const last = history.within() ?? 0;
  if (request.kind === 'cost') return { ...(await drawCost(alignment, sight, signal)), halfStep: last };
  if (request.kind === 'plan' && plan === 'none') {
    throw new RequestError(
      'picture: expected a method with a transport plan, got one without. Show its cost instead.',
    );
  }
  if (request.kind === 'plan' && plan === 'entropic') {
    return drawPlan(alignment, await alignment.snapshotAt(request.halfStep, signal), sight, signal);
  }
  const { assignment } = await alignment.solveExactly(signal, onProgress);
  const placed = placedAssignment(assignment, sight.order);
  const ones = (size: number): Float32Array => new Float32Array(size).fill(1);
  const drawn = { ...permutationPicture(placed, sight.frame), halfStep: last, highs: ones(rows) };
  return request.kind === 'permutation'
    ? drawn
    : { ...drawn, rowMass: ones(rows), columnMass: ones(columns) };
}

async function drawCost(alignment: Alignment, sight: Sight, signal: Signal) {
  const { backend, cost, rows, columns } = alignment;
  const known = costHighs.of(alignment);
  const drawn = layer(backend, cost, undefined, sight.places);
  try {
    const every = { ...wholeFrame(rows, columns), width: 1 };
    if (!known.values && sight.places) {
      const [highs] = await pool(backend, layer(backend, cost, undefined, undefined), [every], { signal });
      known.values = present(highs).max;
    }
    const frames = known.values ? [drawnFrame(sight)] : [drawnFrame(sight), every];
    const [pooled, highs] = await pool(backend, drawn, frames, { signal });
    if (highs) known.values = highs.max;
    return { ...present(pooled), highs: present(known.values) };
  } finally {
    drawn.free();
  }
}

async function drawPlan(
  alignment: Alignment,
  snapshot: Snapshot,
  sight: Sight,
  signal: Signal,
): Promise<Drawn> {
  const { backend, planCost, rows, columns } = alignment;
  const last = lastSums.of(alignment);
  const { halfStep } = snapshot;
  // A window's sums are the whole plan's.
  if (sight.places) await sumsOf(alignment, snapshot, signal);
  const drawn = layer(backend, planCost, snapshot, sight.places);
  let pass: PlanSumsPass | undefined;
  try {
    if (last.sums?.halfStep !== halfStep) pass = new PlanSumsPass(backend, drawn.potentials, rows, columns);
    const alongside = pass?.visit.bind(pass);
    const [pooled] = await pool(backend, drawn, [drawnFrame(sight)], { scale: rows, alongside, signal });
    if (pass) last.sums = await pass.finish(halfStep);
    const sums = present(last.sums);
    return {
      ...present(pooled),
      halfStep,
      highs: sums.peaks,
      rowMass: at(sums.rows, sight.order?.rows).slice(),
      columnMass: at(sums.columns, sight.order?.columns).slice(),
    };
  } finally {
    pass?.free();
    drawn.free();
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a pass over a matrix ends with its result');
  return value;
}

function finished(
  request: PictureRequest,
  { frame, order }: Sight,
  { highs, ...drawn }: Drawn,
  signal: Signal,
): Picture {
  throwIfAborted(signal);
  expectFinite(`picture of the ${request.kind} at half-step ${drawn.halfStep}`, drawn.max);
  expectFinite(`picture of the ${request.kind} at half-step ${drawn.halfStep}`, drawn.mean);
  let low = Infinity;
  let high = -Infinity;
  for (const value of drawn.max) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const { width, height } = frame;
  const rowHigh = rowHighs(highs, order?.rows, frame);
  return { key: request.key, kind: request.kind, width, height, low, high, ...drawn, rowHigh };
}

/** The caller's own arrays: those of a kept picture must survive being moved to another thread. */
const copyOf = (shown: Picture): Picture => structuredClone(shown);

// Pooled pictures of costs, plans, permutations and differences of plans. Of the engine this room imports neurons (for orders)
// and the rooms that neurons imports.

import { alignmentOf } from '../aligning/align';
import type { Alignment } from '../aligning/alignment';
import type { Job } from '../workspace/context';
import { progress } from '../workspace/context';
import { difference } from './difference';
import { RequestError, expectFinite, throwIfAborted } from '../jobs/errors';
import type { Snapshot } from '../aligning/history';
import type { Picture, PictureRequest } from '../jobs';
import { deviceMatrix, reorder, reorderAssignment } from '../plans/device-matrix';
import { AlignmentCache } from '../aligning/alignment-cache';
import { permutationPicture, rowHighs, wholeFrame } from './pixels';
import { lastSums, PlanSumsPass, sumsOf } from '../plans/plan-sums';
import { pool } from './pool';
import { drawnFrame, type PictureRegion, regionOf } from './picture-region';

type Signal = AbortSignal | undefined;

type Drawn = Pick<Picture, 'max' | 'mean' | 'rowMass' | 'columnMass'> & {
  readonly halfStep: number;
  /** Row maxima, by index. */
  readonly highs: Float32Array;
};

/** Number of cached overviews (whole pictures) of a cost that is not stored, because each takes a pass over it. */
const MAX_OVERVIEWS = 4;
const overviews = new AlignmentCache(() => new Map<string, Picture>());
const costRowMaxima = new AlignmentCache((): { values?: Float32Array } => ({}));

/** Draws the cost, the plan after a half-step, the exact permutation, or a difference of plans. */
export const picture: Job<'picture'> = async (workspace, request, context) => {
  const { signal } = context;
  const alignment = await alignmentOf(workspace, request.key, signal);
  const { minus } = request;
  if ((request.kind === 'difference') !== (minus !== undefined))
    throw new RequestError('picture: expected `minus` with a difference, and only with one');
  const other = minus && (await alignmentOf(workspace, minus.key, signal));
  return alignment.pinned(async () => {
    const region = await regionOf(alignment, request, signal);
    const exactly = progress(context, 'Exact assignment');
    if (other && minus) {
      const drawn = await other.pinned(() =>
        difference(alignment, request.halfStep, { alignment: other, ...minus }, region, signal, exactly),
      );
      return finished(request, region, drawn, signal);
    }
    const { cost, result } = alignment;
    const kept = overviews.of(alignment);
    if (cost.resident || request.window) {
      return finished(request, region, await draw(alignment, request, region, signal, exactly), signal);
    }
    const name = JSON.stringify([request.kind, request.halfStep, request.order, request.maxPixels]);
    const held = kept.get(name);
    if (held) return copyOf(held);
    const drawn = finished(request, region, await draw(alignment, request, region, signal, exactly), signal);
    if (result) {
      const [oldest] = kept.keys();
      if (kept.size >= MAX_OVERVIEWS && oldest !== undefined) kept.delete(oldest);
      kept.set(name, copyOf(drawn));
    }
    return drawn;
  });
};

async function draw(
  alignment: Alignment,
  request: PictureRequest,
  region: PictureRegion,
  signal: Signal,
  onProgress: (fraction: number) => void,
): Promise<Drawn> {
  const { plan, rows, columns, history } = alignment;
  const last = history.clampHalfStep() ?? 0;
  if (request.kind === 'cost') return { ...(await drawCost(alignment, region, signal)), halfStep: last };
  if (request.kind === 'plan' && plan === 'none') {
    throw new RequestError(
      'picture: expected a method with a transport plan, got one without. Show its cost instead.',
    );
  }
  if (request.kind === 'plan' && plan === 'entropic') {
    return drawPlan(alignment, await alignment.snapshotAt(request.halfStep, signal), region, signal);
  }
  const { assignment } = await alignment.solveExactly(signal, onProgress);
  const placed = reorderAssignment(assignment, region.order);
  const ones = (size: number): Float32Array => new Float32Array(size).fill(1);
  const drawn = { ...permutationPicture(placed, region.frame), halfStep: last, highs: ones(rows) };
  return request.kind === 'permutation'
    ? drawn
    : { ...drawn, rowMass: ones(rows), columnMass: ones(columns) };
}

async function drawCost(alignment: Alignment, region: PictureRegion, signal: Signal) {
  const { backend, cost, rows, columns } = alignment;
  const known = costRowMaxima.of(alignment);
  const drawn = deviceMatrix(backend, cost, undefined, region.places);
  try {
    const every = { ...wholeFrame(rows, columns), width: 1 };
    if (!known.values && region.places) {
      const [highs] = await pool(backend, deviceMatrix(backend, cost, undefined, undefined), [every], {
        signal,
      });
      known.values = expectPresent(highs).max;
    }
    const frames = known.values ? [drawnFrame(region)] : [drawnFrame(region), every];
    const [pooled, highs] = await pool(backend, drawn, frames, { signal });
    if (highs) known.values = highs.max;
    return { ...expectPresent(pooled), highs: expectPresent(known.values) };
  } finally {
    drawn.free();
  }
}

async function drawPlan(
  alignment: Alignment,
  snapshot: Snapshot,
  region: PictureRegion,
  signal: Signal,
): Promise<Drawn> {
  const { backend, planCost, rows, columns } = alignment;
  const last = lastSums.of(alignment);
  const { halfStep } = snapshot;
  // A window too shows the sums of the whole plan.
  if (region.places) await sumsOf(alignment, snapshot, signal);
  const drawn = deviceMatrix(backend, planCost, snapshot, region.places);
  let pass: PlanSumsPass | undefined;
  try {
    if (last.sums?.halfStep !== halfStep) pass = new PlanSumsPass(backend, drawn.potentials, rows, columns);
    const onBand = pass?.visit.bind(pass);
    const [pooled] = await pool(backend, drawn, [drawnFrame(region)], { scale: rows, onBand, signal });
    if (pass) last.sums = await pass.finish(halfStep);
    const sums = expectPresent(last.sums);
    return {
      ...expectPresent(pooled),
      halfStep,
      highs: sums.peaks,
      rowMass: reorder(sums.rows, region.order?.rows).slice(),
      columnMass: reorder(sums.columns, region.order?.columns).slice(),
    };
  } finally {
    pass?.free();
    drawn.free();
  }
}

function expectPresent<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a pass over a matrix ends with its result');
  return value;
}

function finished(
  request: PictureRequest,
  { frame, order }: PictureRegion,
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

/** Copies a picture, because the arrays of a returned one are transferred to another thread. */
const copyOf = (shown: Picture): Picture => structuredClone(shown);

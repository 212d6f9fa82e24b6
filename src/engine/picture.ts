import { PLAN_ROW } from '../backend/operations';
import type { Potentials } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { CostMatrix } from '../transport/cost';
import { alignmentOf } from './align';
import type { Alignment, Masses } from './alignment';
import type { Job } from './context';
import { progress } from './context';
import { RequestError, expectFinite, throwIfAborted } from './errors';
import type { Snapshot } from './history';
import type { Picture, PictureRequest } from './jobs';
import { type Frame, frameOf, permutationPicture } from './pixels';

type Signal = AbortSignal | undefined;
type Pooled = Pick<Picture, 'max' | 'mean' | 'rowMass' | 'columnMass'> & { readonly halfStep: number };

/** A pooled picture of the cost, of the plan as it was after a half-step, or of the exact permutation. */
export const picture: Job<'picture'> = async (workspace, request, context) => {
  const { signal } = context;
  const alignment = await alignmentOf(workspace, request.key, signal);
  return alignment.pinned(async () => {
    const frame = frameOf(request, alignment.rows, alignment.columns);
    const pooled = await draw(alignment, request, frame, signal, progress(context, 'Exact assignment'));
    throwIfAborted(signal);
    return finished(request, frame, pooled);
  });
};

async function draw(
  alignment: Alignment,
  request: PictureRequest,
  frame: Frame,
  signal: Signal,
  onProgress: (fraction: number) => void,
): Promise<Pooled> {
  const last = alignment.history.at()?.halfStep ?? 0;
  if (request.kind === 'cost')
    return { ...(await pooled(alignment, alignment.cost, frame, undefined, 1, signal)), halfStep: last };
  const { plan } = alignment;
  if (request.kind === 'plan' && plan === 'none') {
    throw new RequestError(
      'picture: expected a method with a transport plan, got one without. Show its cost instead.',
    );
  }
  if (request.kind === 'plan' && plan === 'entropic') {
    const snapshot = snapshotAt(alignment, request.halfStep);
    return alignment.withPotentials(snapshot, async (potentials) => {
      const { max, mean } = await pooled(
        alignment,
        alignment.planCost,
        frame,
        potentials,
        alignment.rows,
        signal,
      );
      const masses = await massesOf(alignment, snapshot, potentials, signal);
      return {
        max,
        mean,
        halfStep: snapshot.halfStep,
        rowMass: masses.rows.slice(),
        columnMass: masses.columns.slice(),
      };
    });
  }
  const { assignment } = await alignment.solveExactly(signal, onProgress);
  const drawn = { ...permutationPicture(assignment, frame), halfStep: last };
  if (request.kind === 'permutation') return drawn;
  const ones = (size: number): Float32Array => new Float32Array(size).fill(1);
  return { ...drawn, rowMass: ones(alignment.rows), columnMass: ones(alignment.columns) };
}

/** @throws RequestError before the first half-step. */
export function snapshotAt(alignment: Alignment, halfStep: number | undefined): Snapshot {
  const snapshot = alignment.history.at(halfStep);
  if (snapshot) return snapshot;
  throw new RequestError(
    'expected a plan that has begun to form, got one before its first half-step: ask again',
  );
}

/** Pools the cost, or with potentials the plan, on the device; values are multiplied by `scale`. */
async function pooled(
  { backend }: Alignment,
  cost: CostMatrix,
  { window, width, height }: Frame,
  potentials: Potentials | undefined,
  scale: number,
  signal: Signal,
): Promise<{ max: Float32Array; mean: Float32Array }> {
  const scope = new Scope(backend);
  try {
    const into = scope.own(backend.zeros([height, width, 2], 'picture'));
    await cost.forEach(async (band) => {
      const outside = band.rowStart >= window.rowEnd || band.rowStart + band.rows <= window.rowStart;
      if (!outside) backend.picture(band, potentials, window, into);
      await backend.settle();
    }, signal);
    const values = await backend.read(into);
    const max = new Float32Array(width * height);
    const mean = new Float32Array(width * height);
    for (let i = 0; i < max.length; i++) {
      max[i] = (values[2 * i] ?? Number.NaN) * scale;
      mean[i] = (values[2 * i + 1] ?? Number.NaN) * scale;
    }
    return { max, mean };
  } finally {
    scope.free();
  }
}

async function massesOf(
  alignment: Alignment,
  { halfStep }: Snapshot,
  potentials: Potentials,
  signal: Signal,
): Promise<Masses> {
  if (alignment.masses?.halfStep === halfStep) return alignment.masses;
  const { backend, planCost: cost, rows, columns } = alignment;
  const scope = new Scope(backend);
  try {
    const rowMass = new Float32Array(rows);
    const ones = scope.own(backend.upload(new Float32Array(rows).fill(1), [rows, 1], 'f32', 'ones'));
    const columnMass = scope.own(backend.zeros([columns, 1], 'column mass'));
    await cost.forEach(async (band) => {
      backend.applyPlan(band, potentials, ones, 0, rows, columnMass);
      const measured = scope.own(backend.planRows(band, potentials));
      const values = await backend.read(measured);
      scope.free(measured);
      for (let row = 0; row < band.rows; row++) {
        rowMass[band.rowStart + row] = rows * (values[row * 4 + PLAN_ROW.mass] ?? Number.NaN);
      }
    }, signal);
    const masses = { halfStep, rows: rowMass, columns: await backend.read(columnMass) };
    expectFinite(`mass of the plan at half-step ${halfStep}`, masses.rows);
    expectFinite(`mass of the plan at half-step ${halfStep}`, masses.columns);
    alignment.masses = masses;
    return masses;
  } finally {
    scope.free();
  }
}

function finished(request: PictureRequest, { width, height }: Frame, drawn: Pooled): Picture {
  expectFinite(`picture of the ${request.kind} at half-step ${drawn.halfStep}`, drawn.max);
  expectFinite(`picture of the ${request.kind} at half-step ${drawn.halfStep}`, drawn.mean);
  let low = Infinity;
  let high = -Infinity;
  for (const value of drawn.max) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { key: request.key, kind: request.kind, width, height, low, high, ...drawn };
}

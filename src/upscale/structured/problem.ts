import type { Backend, Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import { blockTensor, headColumns } from '../block/block-tensor';
import type { Problem, ProblemContext } from '../contract/context';
import type { PlannedTensor } from '../block/planned';
import { noHeadError } from '../block/errors';
import { gatherRows, moveRows, transposed } from './move';
import type { FeaturePair } from './features';
import { headMap } from './head-map';
import { checkHead, headRows } from './heads';
import { type HeadMatch, matchHeads } from './match';
import { comparesOutputs } from './unit-plan';
import { uploadRotation } from './rotary';
import { hiddenUnits, valueDimensions } from './units';

/**
 * Builds the problem of one tensor. gate, up and down: the joint features of hidden units, with one plan. q, k, v and o are
 * matched head by head, so they have no single plan: their rows (of o: columns) are given with the previous block's heads
 * already moved, and q and k rotated. `part` selects one head of v, which has a plan between its value dimensions.
 * @throws UpscaleError for a part of another tensor, or a head that v does not have.
 */
export async function structuredProblem(
  context: ProblemContext,
  tensor: PlannedTensor,
  part?: number,
): Promise<Problem> {
  const { backend, config, structured, signal } = context;
  if (part !== undefined) {
    if (tensor !== 'self_attn.v_proj') throw noHeadError('opt-deus:structured', tensor);
    checkHead(tensor, part, config.kvHeads);
  }
  if (tensor.startsWith('mlp.')) {
    const units = await hiddenUnits(backend, context, comparesOutputs(context), signal);
    return problem(backend, units, [units.a, units.b], true);
  }
  const match = await matchHeads(backend, context, config, { rotate: structured.rotate, signal });
  if (tensor === 'self_attn.v_proj') {
    const units = await valueDimensions(backend, context, config, match, comparesOutputs(context), signal);
    if (part === undefined) return problem(backend, units, [units.a, units.b], false);
    return oneHead(backend, units, headRows([part], config.headDim));
  }
  if (tensor === 'self_attn.o_proj') return outputColumns(context, match);
  return rotatedRows(
    context,
    `${tensor}.weight`,
    match,
    tensor === 'self_attn.k_proj' ? match.groups : match.heads,
  );
}

/** Builds the problem of some units; frees `units`. */
function oneHead(backend: Backend, units: FeaturePair, rows: Uint32Array): Problem {
  const scope = new Scope(backend);
  try {
    const a = scope.own(gatherRows(backend, units.a, rows, 0));
    const b = scope.own(gatherRows(backend, units.b, rows, 0));
    return problem(backend, { a, b }, [scope.release(a), scope.release(b)], true);
  } finally {
    scope.free();
    backend.free(units.a, units.b);
  }
}

/** @param owned tensors that `free` frees; tensors of a block are not among them. */
export function problem(
  backend: Backend,
  { a, b }: FeaturePair,
  owned: readonly Tensor[],
  planned: boolean,
): Problem {
  const scope = new Scope(backend);
  for (const tensor of owned) scope.own(tensor);
  return { a, b, planned, free: () => scope.free() };
}

async function outputColumns(
  { backend, config, previous, next, signal }: ProblemContext,
  match: HeadMatch,
): Promise<Problem> {
  const scope = new Scope(backend);
  try {
    const columns = scope.own(await transposed(backend, headColumns(previous), signal));
    const a = scope.own(await moveRows(backend, columns, headMap(config, match.heads, undefined)));
    const b = scope.own(await transposed(backend, headColumns(next), signal));
    return problem(backend, { a, b }, [scope.release(a), scope.release(b)], false);
  } finally {
    scope.free();
  }
}

async function rotatedRows(
  { backend, config, previous, next }: ProblemContext,
  key: string,
  { angles }: HeadMatch,
  source: Uint32Array,
): Promise<Problem> {
  const scope = new Scope(backend);
  try {
    const rotations = angles?.map((turned) => scope.own(uploadRotation(backend, turned)));
    const a = await moveRows(backend, blockTensor(previous, key), headMap(config, source, rotations));
    return problem(backend, { a, b: blockTensor(next, key) }, [a], false);
  } finally {
    scope.free();
  }
}

import type { Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import type { BlockAssembly } from '../block/assembly';
import { blockTensor } from '../block/block-tensor';
import type { BlockContext } from '../contract/context';
import type { PlannedTensor, PlanSummary } from '../block/planned';
import { moveColumns, moveRows, transposed } from './move';
import { fuse } from './fusion';
import { type HeadMap, headMap } from './head-map';
import { matchHeads } from './match';
import { meanRowDistance, readRowNorms, rowNorms } from './norms';
import { uploadRotation } from './rotary';
import type { StructuredContext } from './unit-plan';
import { valueMaps } from './values';

/** Fuses q, k, v and o. Moves key-value groups, then query heads within a group, then value dimensions within a head. */
export async function fuseAttention(context: StructuredContext, assembly: BlockAssembly): Promise<void> {
  const { backend, previous, config, zeroInit, allPlans, structured, signal } = context;
  const compared = context.compared ?? { previous, next: assembly.next };
  context.onTensor?.('self_attn', 0);
  const match = await matchHeads(backend, compared, config, { rotate: structured.rotate, signal });
  const scope = new Scope(backend);
  try {
    const rotations = match.angles?.map((angles) => scope.own(uploadRotation(backend, angles)));
    await fuseRows(context, assembly, 'self_attn.q_proj', headMap(config, match.heads, rotations));
    await fuseRows(context, assembly, 'self_attn.k_proj', headMap(config, match.groups, rotations));

    context.onTensor?.('self_attn.v_proj', 0.3);
    const maps: Tensor[] = [];
    const values = await valueMaps(context, compared, match);
    for (const map of values.maps) maps.push(scope.own(map));
    assembly.addPlan(values.summary);
    await fuseValues(context, assembly, headMap(config, match.groups, maps));
    if (!zeroInit || allPlans) await fuseOutputs(context, assembly, headMap(config, match.heads, maps));
  } finally {
    scope.free();
  }
}

/** Fuses q or k: moves whole heads and rotates their rows. */
async function fuseRows(
  context: BlockContext,
  assembly: BlockAssembly,
  tensor: 'self_attn.q_proj' | 'self_attn.k_proj',
  map: HeadMap,
): Promise<void> {
  const { backend, previous } = context;
  const weight = await moveRows(backend, blockTensor(previous, `${tensor}.weight`), map);
  try {
    const anchor = blockTensor(assembly.next, `${tensor}.weight`);
    assembly.addPlan(headMatchSummary(context, tensor, map, await meanRowDistance(backend, weight, anchor)));
    await fuse(context, assembly, tensor, {
      weight,
      bias: (bias) => moveRows(backend, bias, map),
    });
  } finally {
    backend.free(weight);
  }
}

/** Plan summary of a match of whole heads, as a permutation of their rows. */
const headMatchSummary = (
  { gap }: BlockContext,
  tensor: PlannedTensor,
  { source, headDim }: HeadMap,
  transportCost: number,
): PlanSummary => ({
  gap,
  tensor,
  rows: source.length * headDim,
  planPerplexity: 1,
  transportCost,
  marginalError: 0,
  epsilon: 0,
  iterations: 0,
  converged: true,
});

async function fuseValues(context: BlockContext, assembly: BlockAssembly, map: HeadMap): Promise<void> {
  const { backend, previous } = context;
  const source = blockTensor(previous, 'self_attn.v_proj.weight');
  const scope = new Scope(backend);
  try {
    const weight = scope.own(await moveRows(backend, source, map));
    await fuse(context, assembly, 'self_attn.v_proj', {
      weight,
      bias: (bias) => moveRows(backend, bias, map),
      norms: async () => {
        const own = scope.own(rowNorms(backend, source));
        return backend.read(scope.own(await moveRows(backend, own, map)));
      },
    });
  } finally {
    scope.free();
  }
}

/** Fuses o: its columns move with the heads and value dimensions that they read. */
async function fuseOutputs(context: BlockContext, assembly: BlockAssembly, map: HeadMap): Promise<void> {
  const { backend, previous, zeroInit, signal } = context;
  const tensor = 'self_attn.o_proj';
  const source = blockTensor(previous, `${tensor}.weight`);
  context.onTensor?.(tensor, 0.4);
  const scope = new Scope(backend);
  try {
    const weight = scope.own(await moveColumns(backend, source, map));
    const columns = scope.own(await transposed(backend, weight, signal));
    const anchor = scope.own(
      await transposed(backend, blockTensor(assembly.next, `${tensor}.weight`), signal),
    );
    assembly.addPlan(headMatchSummary(context, tensor, map, await meanRowDistance(backend, columns, anchor)));
    if (zeroInit) return;
    await fuse(context, assembly, tensor, { weight, norms: () => readRowNorms(backend, source) });
  } finally {
    scope.free();
  }
}

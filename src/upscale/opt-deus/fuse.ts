/*
 * opt-deus: the transport flow of OpT-DeUS between two blocks (`pair`) and the fusion of the new block (`fuse`). Variants
 * differ only in their `TransportFlow` and are declared in `methods`; this room names none of them.
 */
import type { Backend, Tensor } from '../../backend/operations';
import { isNorm } from '../../llama/block';
import { architectureOf } from '../../llama/config';
import { planMeasures } from '../../transport/plan';
import type { SolveResult } from '../../transport/solve';
import type { BlockAssembly } from '../block/assembly';
import { blockTensor, isOutputProjection } from '../block/block-tensor';
import { companionsOf, isCompanionNorm } from '../block/companions';
import { headCount, PLANNED_TENSORS, type PlannedTensor, type PlanSummary } from '../block/planned';
import type { BlockContext } from '../contract/context';
import type { TransportFlow } from '../contract/transport-flow';
import { BlockPair } from './pair';

/**
 * Makes a new block: moves the previous block's rows by the flow's plans and averages them with the next block's.
 * @throws UpscaleError or TransportError if a tensor cannot be made; AbortError.
 */
export async function fuseBlocks(
  assembly: BlockAssembly,
  context: BlockContext,
  flow: TransportFlow,
): Promise<void> {
  const { backend, previous, signal } = context;
  const { next } = assembly;
  const pair = new BlockPair(backend, { previous, next }, flow, context, context);
  try {
    for (const [i, tensor] of PLANNED_TENSORS.entries()) {
      signal?.throwIfAborted();
      context.onTensor?.(tensor, i / PLANNED_TENSORS.length);
      try {
        await fuse(context, assembly, pair, { tensor, flow });
      } catch (error) {
        throw assembly.failure(tensor, error);
      }
    }
    await fuseNorms(context, assembly, pair);
  } finally {
    pair.free();
  }
}

/** Solves a tensor's plan and adds its weight and bias. */
async function fuse(
  context: BlockContext,
  assembly: BlockAssembly,
  pair: BlockPair,
  { tensor, flow }: { tensor: PlannedTensor; flow: TransportFlow },
): Promise<void> {
  const { backend, config, previous, zeroInit, allPlans, compared } = context;
  const keys = [`${tensor}.weight`, ...companionsOf(config, tensor)].filter((key) => previous.has(key));
  const zeroed = zeroInit && isOutputProjection(keys[0] ?? '');
  if (zeroed) for (const key of keys) assembly.zero(key);
  // The second norm and the MLP always need o_proj's plan. Nothing needs the plan of a zeroed down_proj.
  const isO = tensor === 'self_attn.o_proj';
  if (zeroed && !isO && !allPlans) return;
  const heads = compared && headCount(tensor, config);
  if (heads !== undefined) {
    // Fetched when first used, to keep the first load small.
    const { fuseHeads } = await import('../activations/heads');
    return fuseHeads(context, assembly, await pair.rows(tensor), { tensor, heads, flow });
  }
  const rows = await pair.rows(tensor);
  try {
    const solved = isO ? await pair.outputPlan() : await pair.solve(rows);
    try {
      assembly.addPlan(await summarise(context, tensor, solved));
      if (zeroed) return;
      const weights = compared ? await pair.weights(tensor) : rows;
      try {
        for (const key of keys) {
          const isWeight = key === `${tensor}.weight`;
          const source = isWeight ? weights.a : blockTensor(previous, key);
          // A bias has one number per row of its weight. Stored as a row vector, it is moved along axis 1.
          const moved = await pair.move(solved, source, isWeight ? 0 : 1);
          await fused(assembly, backend, key, moved, blockTensor(assembly.next, key));
        }
      } finally {
        if (weights !== rows) weights.free();
      }
    } finally {
      if (!isO) solved.free();
    }
  } finally {
    rows.free();
  }
}

async function fused(
  assembly: BlockAssembly,
  backend: Backend,
  key: string,
  moved: Tensor,
  anchor: Tensor,
): Promise<void> {
  try {
    await assembly.fuse(key, moved, anchor);
  } finally {
    backend.free(moved);
  }
}

/**
 * The norm before the MLP: α·g⁽¹⁾(½T_o + ½I) + (1 − α)·g⁽²⁾, with the mixed map of the residual stream there. All other norms that do
 * not move with a projection: α·g⁽¹⁾ + (1 − α)·g⁽²⁾.
 */
async function fuseNorms(
  { backend, config, previous }: BlockContext,
  assembly: BlockAssembly,
  pair: BlockPair,
): Promise<void> {
  const { beforeMlp } = architectureOf(config).norms;
  for (const [key, gain] of previous) {
    if (!isNorm(key) || isCompanionNorm(config, key)) continue;
    if (key === `${beforeMlp}.weight`)
      await fused(assembly, backend, key, await pair.mixGain(gain, config), blockTensor(assembly.next, key));
    else await assembly.fuse(key, gain, blockTensor(assembly.next, key));
  }
}

async function summarise(
  { backend, gap, signal }: BlockContext,
  tensor: PlannedTensor,
  { plan, iterations, converged, epsilon }: SolveResult,
): Promise<PlanSummary> {
  const { argmax, planPerplexity, transportCost, marginalError } = await planMeasures(backend, plan, signal);
  return {
    gap,
    tensor,
    rows: argmax.length,
    planPerplexity,
    transportCost,
    marginalError,
    epsilon,
    iterations,
    converged,
  };
}

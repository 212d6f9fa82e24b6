/*
 * opt-deus: the transport flow of OpT-DeUS between two blocks (`pair`) and the new block that is fused by it (`fuse`). Its
 * variants differ in their `Flow` alone and are declared in `methods`; nothing here knows one of them by name.
 */
import type { Backend, Tensor } from '../../backend/operations';
import { planMeasures } from '../../transport/plan';
import type { Solved } from '../../transport/solve';
import type { BlockAssembly } from '../block/assembly';
import { blockTensor, isOutput } from '../block/block-tensor';
import { headCount, PLANNED_TENSORS, type PlannedTensor, type PlanSummary } from '../block/planned';
import type { BlockContext } from '../contract/context';
import type { TransportFlow } from '../contract/transport-flow';
import { BlockPair } from './pair';

/**
 * Makes a new block of two: rows of the previous one moved by the plans of a flow, averaged with the next one's.
 * @throws UpscaleError or TransportError when a tensor cannot be made; AbortError.
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

/** Solves a tensor's plan and makes its weight and bias. */
async function fuse(
  context: BlockContext,
  assembly: BlockAssembly,
  pair: BlockPair,
  { tensor, flow }: { tensor: PlannedTensor; flow: TransportFlow },
): Promise<void> {
  const { backend, previous, zeroInit, allPlans, compared } = context;
  const keys = [`${tensor}.weight`, `${tensor}.bias`].filter((key) => previous.has(key));
  const zeroed = zeroInit && isOutput(keys[0] ?? '');
  if (zeroed) for (const key of keys) assembly.zero(key);
  // o_proj's plan is always needed, by the second norm and the MLP. A zeroed down_proj's is not.
  const isO = tensor === 'self_attn.o_proj';
  if (zeroed && !isO && !allPlans) return;
  const heads = compared && headCount(tensor, context.config);
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
          const isBias = key.endsWith('.bias');
          const source = isBias ? blockTensor(previous, key) : weights.a;
          // A bias is a column of one number per row: as a row vector it is moved along axis 1.
          const moved = await pair.move(solved, source, isBias ? 1 : 0);
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

/** g1: α·g1⁽¹⁾ + (1 − α)·g1⁽²⁾. g2: the same of g2⁽¹⁾(½T_o + ½I), since its residual stream carries that mixed map. */
async function fuseNorms(
  { backend, previous }: BlockContext,
  assembly: BlockAssembly,
  pair: BlockPair,
): Promise<void> {
  const first = 'input_layernorm.weight';
  const second = 'post_attention_layernorm.weight';
  await assembly.fuse(first, blockTensor(previous, first), blockTensor(assembly.next, first));
  const mixed = await pair.mix(blockTensor(previous, second));
  await fused(assembly, backend, second, mixed, blockTensor(assembly.next, second));
}

async function summarise(
  { backend, gap, signal }: BlockContext,
  tensor: PlannedTensor,
  { plan, iterations, converged, epsilon }: Solved,
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

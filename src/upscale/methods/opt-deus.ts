import type { Backend, Tensor } from '../../backend/operations';
import { planMeasures } from '../../transport/plan';
import type { Solved } from '../../transport/solve';
import { BlockAssembly } from '../block/assembly';
import { blockTensor, isOutput } from '../block/block-tensor';
import { BlockPair } from '../opt-deus/pair';
import { headCount, PLANNED_TENSORS, type PlannedTensor, type PlanSummary } from '../block/planned';
import type { Flow } from '../contract/flow';
import type { GapMethod, MakeContext } from '../contract/method';

const optDeus = (id: GapMethod['id'], title: string, flow: Flow, description: string): GapMethod => ({
  id,
  title,
  trains: 'new',
  parents: 'pair',
  zeroInit: true,
  flow,
  description,
  make: (context) => make(context, id, flow),
});

/** The released script's settings (method.md 3), but for the scale of its plan. */
const RESCALED: Flow = {
  plan: 'entropic',
  rescaled: true,
  mlpInput: 'output',
  cost: { metric: 'euclidean', rows: 'raw', scale: 'none' },
  epsilon: 'absolute',
};

/** As the released script computes it: the plan is never rescaled, so what it moves is shrunk by 1/n (method.md 4). */
export const LITERAL = optDeus(
  'opt-deus:literal',
  'OpT-DeUS as released (bare plan)',
  { ...RESCALED, rescaled: false },
  'Rows of the previous block are multiplied by the bare transport plan, whose columns sum to 1/n, and averaged with the ' +
    'next block. What is moved is 1/n of its size, so the result is close to the next block at half scale: no matching ' +
    'of neurons survives in it.',
);
/** The reading most likely meant: P = n·T wherever the plan is used. */
export const PAPER = optDeus(
  'opt-deus:paper',
  'OpT-DeUS, rescaled plan',
  RESCALED,
  'Rows of the previous block are moved by the entropic transport plan, rescaled so that its columns sum to 1, and ' +
    'averaged with the next block. How sharply neurons are matched depends on ε; see the plan perplexities.',
);
/** transformer-fusion's settings for weights, where ε = 0.06 comes from (method.md 5), in this flow. */
export const TF = optDeus(
  'opt-deus:tf',
  'OpT-DeUS, transformer-fusion’s cost',
  { ...RESCALED, mlpInput: 'mixed', cost: { metric: 'euclidean', rows: 'unit', scale: 'max' } },
  'Rows of the previous block are moved by the entropic transport plan, rescaled so that its columns sum to 1, and ' +
    'averaged with the next block. Rows are compared at unit norm and the cost is divided by its maximum, the setting ' +
    'that ε = 0.06 was found for; the inputs of the MLP are moved by half of o_proj’s map and half of the identity.',
);
/** ε from each cost's own spread, so that no plan is uniform only because its costs are close to one another. */
export const RELATIVE = optDeus(
  'opt-deus:relative',
  'OpT-DeUS, ε relative to the cost',
  { ...RESCALED, epsilon: 'relative' },
  'Rows of the previous block are moved by the entropic transport plan, rescaled so that its columns sum to 1, and ' +
    'averaged with the next block. ε is chosen for every tensor from the spread of its own costs.',
);
/** The limit ε → 0: exact permutations in the same flow. */
export const HARD = optDeus(
  'opt-deus:hard',
  'OpT-DeUS, exact permutations',
  { ...RESCALED, plan: 'permutation' },
  'Rows of the previous block are permuted by the exact optimal assignment to the rows of the next block and averaged ' +
    'with it.',
);

function make(context: MakeContext, id: string, flow: Flow): ReturnType<GapMethod['make']> {
  const { backend, previous, signal } = context;
  const assembly = new BlockAssembly(context, id);
  return assembly.build(async () => {
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
  });
}

/** Solves a tensor's plan and makes its weight and bias. */
async function fuse(
  context: MakeContext,
  assembly: BlockAssembly,
  pair: BlockPair,
  { tensor, flow }: { tensor: PlannedTensor; flow: Flow },
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
      assembly.plan(await summarise(context, tensor, solved));
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
  { backend, previous }: MakeContext,
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
  { backend, gap, signal }: MakeContext,
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

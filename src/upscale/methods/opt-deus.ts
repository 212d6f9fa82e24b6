import { Scope } from '../../backend/scope';
import type { Backend, Tensor } from '../../backend/operations';
import type { Block } from '../../llama/block';
import { planMeasures } from '../../transport/plan';
import type { Solved } from '../../transport/solve';
import { BlockAssembly, isOutput } from '../assembly';
import { UpscaleError } from '../errors';
import { blockTensor } from '../block-tensor';
import { BlockPair } from '../pair';
import { PLANNED_TENSORS, type PlannedTensor, type PlanSummary } from '../planned';
import { flowSolver, type Flow, type MakeContext, type Method } from './method';

const optDeus = (id: Method['id'], title: string, flow: Flow, description: string): Method => ({
  id,
  title,
  parents: 'pair',
  zeroInit: true,
  flow,
  description,
  make: (context) => make(context, id, flow),
});

/** As the released script computes it: the plan is never rescaled, so what it moves is shrunk by 1/n (method.md 4). */
export const LITERAL = optDeus(
  'opt-deus:literal',
  'OpT-DeUS as released (bare plan)',
  { plan: 'entropic', rescaled: false },
  'Rows of the previous block are multiplied by the bare transport plan, whose columns sum to 1/n, and averaged with the ' +
    'next block. What is moved is 1/n of its size, so the result is close to the next block at half scale: no matching ' +
    'of neurons survives in it.',
);
/** The reading most likely meant: P = n·T wherever the plan is used. */
export const PAPER = optDeus(
  'opt-deus:paper',
  'OpT-DeUS, rescaled plan',
  { plan: 'entropic', rescaled: true },
  'Rows of the previous block are moved by the entropic transport plan, rescaled so that its columns sum to 1, and ' +
    'averaged with the next block. How sharply neurons are matched depends on ε; see the plan perplexities.',
);
/** The limit ε → 0: exact permutations in the same flow. */
export const HARD = optDeus(
  'opt-deus:hard',
  'OpT-DeUS, exact permutations',
  { plan: 'permutation', rescaled: true },
  'Rows of the previous block are permuted by the exact optimal assignment to the rows of the next block and averaged ' +
    'with it.',
);

function make(context: MakeContext, id: string, flow: Flow): ReturnType<Method['make']> {
  const { backend, previous, next, gap, signal } = context;
  const assembly = new BlockAssembly(context, id);
  return assembly.build(async () => {
    if (!next)
      throw new UpscaleError(`${id}: expected a block after gap ${gap}, got none. Choose a lower gap.`);
    const solver = flowSolver(flow, context.solver, context.seed);
    const pair = new BlockPair(backend, { previous, next }, { solver, rescaled: flow.rescaled, signal });
    try {
      for (const [i, tensor] of PLANNED_TENSORS.entries()) {
        signal?.throwIfAborted();
        context.onTensor?.(tensor, i / PLANNED_TENSORS.length);
        try {
          await fuse(context, assembly, pair, next, tensor);
        } catch (error) {
          throw assembly.failure(tensor, error);
        }
      }
      await fuseNorms(context, assembly, pair, next);
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
  next: Block,
  tensor: PlannedTensor,
): Promise<void> {
  const { backend, previous, zeroInit, allPlans } = context;
  const keys = [`${tensor}.weight`, `${tensor}.bias`].filter((key) => previous.has(key));
  const zeroed = zeroInit && isOutput(keys[0] ?? '');
  if (zeroed) for (const key of keys) assembly.zero(key);
  // o_proj's plan is always needed, by the second norm and the MLP. A zeroed down_proj's is not.
  const isO = tensor === 'self_attn.o_proj';
  if (zeroed && !isO && !allPlans) return;
  const rows = await pair.rows(tensor);
  try {
    const solved = isO ? await pair.outputPlan() : await pair.solve(rows);
    try {
      assembly.plan(await summarise(context, tensor, solved));
      if (zeroed) return;
      for (const key of keys) {
        const isBias = key.endsWith('.bias');
        const source = isBias ? blockTensor(previous, key) : rows.a;
        // A bias is a column of one number per row: as a row vector it is moved along axis 1.
        const moved = await pair.move(solved, source, isBias ? 1 : 0);
        await averaged(assembly, backend, key, moved, blockTensor(next, key));
      }
    } finally {
      if (!isO) solved.free();
    }
  } finally {
    rows.free();
  }
}

async function averaged(
  assembly: BlockAssembly,
  backend: Backend,
  key: string,
  moved: Tensor,
  anchor: Tensor,
): Promise<void> {
  try {
    await assembly.average(key, moved, anchor);
  } finally {
    backend.free(moved);
  }
}

/** g1: the mean. g2: its residual stream carries ½·o_proj's map + ½·identity, so ½·(g2⁽¹⁾(½T_o + ½I) + g2⁽²⁾). */
async function fuseNorms(
  { backend, previous }: MakeContext,
  assembly: BlockAssembly,
  pair: BlockPair,
  next: Block,
): Promise<void> {
  const first = 'input_layernorm.weight';
  const second = 'post_attention_layernorm.weight';
  await assembly.average(first, blockTensor(previous, first), blockTensor(next, first));
  const scope = new Scope(backend);
  try {
    const gain = blockTensor(previous, second);
    const moved = scope.own(await pair.move(await pair.outputPlan(), gain, 1));
    const mixed = scope.own(backend.weightedSum(moved, 0.5, gain, 0.5));
    await assembly.average(second, mixed, blockTensor(next, second));
  } finally {
    scope.free();
  }
}

async function summarise(
  { backend, gap, signal }: MakeContext,
  tensor: PlannedTensor,
  { plan, iterations, converged }: Solved,
): Promise<PlanSummary> {
  const { argmax, planPerplexity, transportCost, marginalError } = await planMeasures(backend, plan, signal);
  return {
    gap,
    tensor,
    rows: argmax.length,
    planPerplexity,
    transportCost,
    marginalError,
    iterations,
    converged,
  };
}

import { Scope } from '../../backend/scope';
import { applyPlan, planMeasures } from '../../transport/plan';
import type { BlockAssembly } from '../block/assembly';
import { blockTensor } from '../block/block-tensor';
import { fuse } from './fusion';
import { readRowNorms, rowNorms } from './norms';
import { comparesOutputs, matchUnits, type StructuredContext } from './unit-plan';
import { hiddenUnits } from './units';

/** Fuses gate, up and down. One plan between hidden units moves rows of gate and up and columns of down. */
export async function fuseMlp(context: StructuredContext, assembly: BlockAssembly): Promise<void> {
  const { backend, previous, zeroInit, allPlans, gap, signal } = context;
  context.onTensor?.('mlp.gate_proj', 0.5);
  const scope = new Scope(backend);
  try {
    const units = await hiddenUnits(
      backend,
      context.compared ?? { previous, next: assembly.next },
      comparesOutputs(context),
      signal,
    );
    scope.own(units.a);
    scope.own(units.b);
    const solved = await matchUnits(context, units);
    try {
      const { plan, iterations, converged, epsilon } = solved;
      const { planPerplexity, transportCost, marginalError, argmax } = await planMeasures(
        backend,
        plan,
        signal,
      );
      const numbers = { planPerplexity, transportCost, marginalError, epsilon, iterations, converged };
      const summary = { gap, rows: argmax.length, ...numbers };
      const move = (axis: 0 | 1) => (x: Parameters<typeof applyPlan>[2]) =>
        applyPlan(backend, plan, x, axis, 'rescaled', signal);
      for (const tensor of ['mlp.gate_proj', 'mlp.up_proj'] as const) {
        const source = blockTensor(previous, `${tensor}.weight`);
        const weight = scope.own(await move(0)(source));
        const norms = async (): Promise<Float32Array> => {
          const own = scope.own(rowNorms(backend, source));
          return backend.read(scope.own(await move(0)(own)));
        };
        assembly.addPlan({ tensor, ...summary });
        await fuse(context, assembly, tensor, { weight, bias: move(1), norms });
        scope.free(weight);
      }
      const down = 'mlp.down_proj';
      if (!zeroInit || allPlans) assembly.addPlan({ tensor: down, ...summary });
      if (zeroInit) return;
      const source = blockTensor(previous, `${down}.weight`);
      const weight = scope.own(await move(1)(source));
      // The rows of down are residual dimensions, which are not moved.
      await fuse(context, assembly, down, { weight, norms: () => readRowNorms(backend, source) });
    } finally {
      solved.free();
    }
  } finally {
    scope.free();
  }
}

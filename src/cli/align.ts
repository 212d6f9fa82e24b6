import { type AlignResult, PLANNED_TENSORS } from '../engine/jobs';
import { DEFAULT_RECIPE, type Recipe, parseRecipe } from '../recipe/schema';
import { type Command, table } from './command';
import { backendOf, methodOf, modelOf, numberOf, required } from './usage';

/** NaN, which stands for "there is no plan", is null in JSON. */
const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
const shown = (value: number, digits: number): string => (Number.isNaN(value) ? '–' : value.toFixed(digits));

export const align: Command = {
  usage: 'align MODEL --gap G --method M [--eps E] [--backend webgpu|cpu]',
  summary: 'How sharply the neurons of two neighbouring blocks are matched, tensor by tensor.',
  options: {
    gap: { value: 'G' },
    method: { value: 'M' },
    eps: { value: 'E' },
    backend: { value: 'webgpu|cpu' },
  },
  async run(parsed, session) {
    const model = modelOf(parsed);
    const backend = backendOf(parsed);
    required(parsed, 'gap', 'G');
    const gap = numberOf(parsed, 'gap', 'integer') ?? 0;
    const method = methodOf(parsed);
    const epsilon = numberOf(parsed, 'eps') ?? DEFAULT_RECIPE.solver.epsilon;
    const recipe: Recipe = parseRecipe({
      ...DEFAULT_RECIPE,
      method,
      solver: { ...DEFAULT_RECIPE.solver, epsilon },
    });
    await session.open(model, backend);
    const results: AlignResult[] = [];
    for (const tensor of PLANNED_TENSORS) results.push(await session.run('align', { recipe, gap, tensor }));
    const tensors = results.map(
      ({ tensor, planPerplexity, transportCost, marginalError, iterations, rows }) => [
        tensor,
        {
          planPerplexity: known(planPerplexity),
          transportCost: known(transportCost),
          marginalError: known(marginalError),
          iterations,
          n: rows,
        },
      ],
    );
    const head = ['tensor', 'plan perplexity', 'n', 'transport cost', 'marginal error', 'iterations', ''];
    const lines = results.map((result) => [
      result.tensor,
      shown(result.planPerplexity, 3),
      result.rows,
      shown(result.transportCost, 6),
      Number.isNaN(result.marginalError) ? '–' : result.marginalError.toExponential(2),
      result.iterations,
      result.converged ? '' : 'not converged',
    ]);
    return { json: { tensors: Object.fromEntries(tensors) }, text: table([head, ...lines]) };
  },
};

import type { Recipe } from '../recipe/schema';
import type { CostSettings } from '../transport/cost-settings';
import { reads } from './applicability';
import { type Flow, flowCost, flowSolver, takesEpsilonFromCost } from './flow';
import { METHODS } from './methods';
import { isLayout } from './methods/method';

/** A row of a card's table. */
export type Row = readonly [name: string, value: string];

/** The settings of a recipe that its method reads, for people. */
export function settingRows(recipe: Recipe): Row[] {
  const { solver, seed, alpha, method: id } = recipe;
  const method = METHODS[id];
  const weights: Row[] =
    alpha === 0.5 || !reads(id, 'alpha') ? [] : [['weight of the previous block', String(alpha)]];
  if (id === 'random') return [...weights, ['seed', String(seed)]];
  if (isLayout(method) || !method.flow) return weights;
  const used = flowSolver(method.flow, recipe);
  if (used.kind === 'exact') return [...weights, ['solver', 'exact assignment']];
  const names = { entropic: 'log-domain Sinkhorn', unbalanced: `unbalanced Sinkhorn, ρ = ${solver.rho}` };
  const name =
    used.kind === 'progot' ? `ProgOT, ${solver.steps} steps, ${solver.schedule} schedule` : names[used.kind];
  const limits = `L1 column error ≤ ${solver.tolerance}, at most ${solver.maxIterations} iterations, seed ${seed}`;
  return [
    ...weights,
    ['cost', costWords(flowCost(method.flow, recipe.cost))],
    ['ε', epsilonWords(method.flow, recipe)],
    ['solver', `${name}, ${limits}`],
  ];
}

const METRICS = {
  euclidean: 'Euclidean distance',
  squared: 'squared Euclidean distance',
  cosine: '1 − cosine',
};

const costWords = ({ metric, rows, scale }: CostSettings): string =>
  `${METRICS[metric]} between weight rows${rows === 'unit' ? ' of unit norm' : ''}${scale === 'none' ? '' : `, divided by its ${scale}`}`;

function epsilonWords(flow: Flow, { solver }: Recipe): string {
  if (!takesEpsilonFromCost(flow, solver)) return `${solver.epsilon} (in units of the cost)`;
  if (solver.targetPerplexity === null || solver.kind === 'unbalanced' || solver.kind === 'progot')
    return `${solver.spread} times the standard deviation of each cost`;
  return `chosen for each tensor so that the plan perplexity is ${solver.targetPerplexity} of its rows`;
}

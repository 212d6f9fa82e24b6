import type { Recipe } from '../../recipe/schema';
import type { CostSettings } from '../../transport/cost-settings';
import { reads } from '../expanding/applicability';
import { type Flow, flowCost, flowSolver, takesEpsilonFromCost } from '../contract/flow';
import { METHODS } from '../methods';
import { isLayout } from '../contract/method';

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
  const cost: Row = ['cost', costWords(flowCost(method.flow, recipe.cost), recipe.cost)];
  if (used.kind === 'exact') return [...weights, cost, ['solver', 'exact assignment']];
  const names = { entropic: 'log-domain Sinkhorn', unbalanced: `unbalanced Sinkhorn, ρ = ${solver.rho}` };
  const name =
    used.kind === 'progot' ? `ProgOT, ${solver.steps} steps, ${solver.schedule} schedule` : names[used.kind];
  const limits = `L1 column error ≤ ${solver.tolerance}, at most ${solver.maxIterations} iterations, seed ${seed}`;
  return [...weights, cost, ['ε', epsilonWords(method.flow, recipe)], ['solver', `${name}, ${limits}`]];
}

const METRICS = {
  euclidean: 'Euclidean distance',
  squared: 'squared Euclidean distance',
  cosine: '1 − cosine',
};

function costWords(
  { metric, rows, scale }: CostSettings,
  { features, text, tokens }: Recipe['cost'],
): string {
  const divided = scale === 'none' ? '' : `, divided by its ${scale}`;
  if (features === 'weights')
    return `${METRICS[metric]} between weight rows${rows === 'unit' ? ' of unit norm' : ''}${divided}`;
  const words = metric === 'cosine' ? '1 − correlation' : METRICS[metric];
  const kind = metric === 'cosine' ? '' : ' (centred, at unit length)';
  return `${words} between activations${kind} of the base model’s neurons on the last ${tokens} tokens of ${textWords(text)}${divided}`;
}

/** `file:` texts are told apart by their digest. */
function textWords(text: string): string {
  const [, name, digest] = /^file:(.*)@(.*)$/.exec(text) ?? [];
  return name === undefined ? `the shipped text ${text}` : `\`${name}\` (SHA-256 ${digest} …)`;
}

function epsilonWords(flow: Flow, { solver }: Recipe): string {
  if (!takesEpsilonFromCost(flow, solver)) return `${solver.epsilon} (in units of the cost)`;
  if (solver.targetPerplexity === null || solver.kind === 'unbalanced' || solver.kind === 'progot')
    return `${solver.spread} times the standard deviation of each cost`;
  return `chosen for each tensor so that the plan perplexity is ${solver.targetPerplexity} of its rows`;
}

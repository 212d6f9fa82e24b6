import type { Recipe } from '../../recipe/schema';
import type { CostSettings } from '../../transport/cost-settings';
import type { TransportFlow } from '../contract/transport-flow';
import { flowCost, flowSolver, takesEpsilonFromCost } from '../contract/matching';
import { flowOf } from '../contract/method';
import { methodOf } from '../methods';

/** A row of a card's table. */
export type Row = readonly [name: string, value: string];

/** The settings of a recipe that its method reads, in words. */
export function settingRows(recipe: Recipe): Row[] {
  const { solver, seed, alpha } = recipe;
  const method = methodOf(recipe.method);
  const { reads } = method;
  const weights: Row[] =
    alpha === 0.5 || !reads.includes('alpha') ? [] : [['weight of the previous block', String(alpha)]];
  const flow = flowOf(method);
  if (!flow) return reads.includes('seed') ? [...weights, ['seed', String(seed)]] : weights;
  const used = flowSolver(flow, recipe);
  const cost: Row = ['cost', costWords(flowCost(flow, recipe.cost), recipe.cost)];
  if (used.kind === 'exact') return [...weights, cost, ['solver', 'exact assignment']];
  const names = { entropic: 'log-domain Sinkhorn', unbalanced: `unbalanced Sinkhorn, ρ = ${solver.rho}` };
  const name =
    used.kind === 'progot' ? `ProgOT, ${solver.steps} steps, ${solver.schedule} schedule` : names[used.kind];
  const mixed = solver.acceleration === 'anderson' && used.kind !== 'unbalanced' ? ', Anderson mixing' : '';
  const limits = `L1 column error ≤ ${solver.tolerance}, at most ${solver.maxIterations} iterations, seed ${seed}`;
  return [...weights, cost, ['ε', epsilonWords(flow, recipe)], ['solver', `${name}${mixed}, ${limits}`]];
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

/** Names of texts. A `file:` text also shows its digest, because two files may have the same name. */
function textWords(text: string): string {
  const [, name, digest] = /^file:(.*)@(.*)$/.exec(text) ?? [];
  return name === undefined ? `the shipped text ${text}` : `\`${name}\` (SHA-256 ${digest} …)`;
}

function epsilonWords(flow: TransportFlow, { solver }: Recipe): string {
  if (!takesEpsilonFromCost(flow, solver)) return `${solver.epsilon} (in units of the cost)`;
  if (solver.targetPerplexity === null || solver.kind === 'unbalanced' || solver.kind === 'progot')
    return `${solver.spread} times the standard deviation of each cost`;
  return `chosen for each tensor so that the plan perplexity is ${solver.targetPerplexity} of its rows`;
}

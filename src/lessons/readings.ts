import * as v from 'valibot';

/** Values that lessons may read from the page, with what they mean. Families take the id of an arm or activity value. */
export const READINGS = {
  'shown.gap': 'gap on show, such as 6|7',
  'shown.tensor': 'tensor on show, such as gate',
  'plan.n': 'rows of the plan on show',
  'plan.perplexity': 'plan perplexity: mean number of partners of a neuron',
  'plan.sharpness': 'sharpness of the plan: 1 for a permutation, 0 for the uniform plan',
  'plan.cost': 'transport cost Σ T·M',
  'plan.exactCost': 'cost of the exact assignment',
  'plan.iterations': 'iterations of the solve',
  'plan.error': 'marginal error that was reached',
  'plan.epsilon': 'ε of the solve',
  'cost.mean': 'mean entry of the cost matrix',
  'cost.deviation': 'standard deviation of the entries of the cost matrix',
  'null.matched': 'mass on the best one-to-one match',
  'null.matchedNull': 'the same mass for the null, mean over draws',
  'null.cost': 'mean cost of the exact assignment',
  'null.costNull': 'the same cost for the null, mean over draws',
  'cell.row': 'row of the cell under the cursor',
  'cell.column': 'column of the cell under the cursor',
  'cell.mass': 'n·T of that cell',
  'cell.cost': 'cost of that cell',
  'model.blocks': 'blocks of the base',
  'model.newBlocks': 'new blocks of the recipe',
  'model.deeperBlocks': 'blocks of the deeper model',
  'loss.base': 'loss of the base on the chosen text',
  'loss.deeper': 'loss of the deeper model before training',
  'loss.change': 'loss of the deeper model minus that of the base',
  'twin.base': 'loss of the base',
  'twin.copy': 'loss with the block replaced by its shuffled copy',
  'twin.average': 'loss with the average of the block and its shuffled copy',
  'twin.healed': 'loss with the average after the permutation was found and undone',
  'twin.found': 'share of the shuffled MLP units and heads that were found',
  'race.status': 'idle, running, paused or done',
  'race.winner': 'title of the arm with the lowest held-out loss at the end',
  'race.midway': 'title of the arm that was first half-way through',
  'race.seeds': 'trainings per arm',
  'try.tokens': 'tokens written by the deeper model',
  'try.same': 'tokens that base and deeper model have in common from the start',
  'export.status': 'idle, running or done',
  'export.blocks': 'blocks of the written checkpoint',
} as const;

/** Families of readings: what follows the prefix names the arm and the measure, or a value of the step's activity. */
const FAMILIES = [
  /^arm:[\w:.-]+:(loss|change|perplexity|normKept|cosinePrevious|cosineNext|backward|trainable)$/,
  /^run:[\w:.-]+:(start|half|end|stepMs|deviation)$/,
  /^activity\.[\w.-]+$/,
];

export const isReading = (name: string): boolean =>
  Object.hasOwn(READINGS, name) || FAMILIES.some((family) => family.test(name));

export const readingName = v.pipe(
  v.string(),
  v.maxLength(80),
  v.check(
    isReading,
    'expected the name of a reading, such as plan.perplexity, arm:average:kept:loss or activity.cost',
  ),
);

import * as v from 'valibot';

/** Values that lessons may read from the page, with what they mean. */
export const READINGS = {
  'shown.gap': 'gap on show, such as 6|7',
  'shown.tensor': 'tensor on show, such as gate',
  'plan.n': 'rows of the plan on show',
  'plan.perplexity': 'plan perplexity: mean number of partners of a neuron',
  'plan.sharpness': 'sharpness of the plan: 1 for a permutation, 0 for the uniform plan',
  'plan.cost': 'transport cost Σ T·M',
  'plan.exactCost': 'cost of the exact assignment',
  'plan.iterations': 'iterations of the solve',
  'plan.halfSteps': 'half-steps of the solve so far',
  'plan.error': 'marginal error that was reached',
  'plan.epsilon': 'ε of the solve',
  'plan.epsilonShare': 'ε of the solve as a share of the standard deviation of the costs',
  'plan.status': 'forming, ready, stopped, failed or unpaired',
  'cost.mean': 'mean entry of the cost matrix',
  'cost.deviation': 'standard deviation of its entries',
  'plan.heads': 'heads of the tensor on show, if it has heads',
  'plan.headsKept': 'heads all of whose rows have their best partners in one head',
  'plan.pairs': 'rotary pairs of the tensor on show: q or k',
  'plan.pairsKept': 'rotary pairs whose rows have a rotary pair as best partners',
  'null.cost': 'cost of the exact assignment, where the null is beside the plan',
  'null.costNull': 'the same cost for the null on show',
  'null.costShare': 'share of the cost by which the exact assignment beats that of the null',
  'cell.row': 'row of the chosen cell',
  'cell.column': 'column of the chosen cell',
  'cell.mass': 'n·T of that cell',
  'cell.cost': 'cost of that cell',
  'cell.partner': 'the best partner of the row of that cell',
  'model.name': 'name of the open model',
  'model.blocks': 'blocks of the base',
  'model.newBlocks': 'new blocks of the recipe',
  'model.deeperBlocks': 'blocks of the deeper model',
  'model.added': 'parameters that the recipe adds',
  'loss.base': 'loss of the base on the chosen text',
  'loss.deeper': 'loss of the deeper model before training',
  'loss.change': 'loss of the deeper model minus that of the base',
  'loss.logits': 'largest absolute difference of any logit from the base’s',
  'race.status': 'idle, running, pausing, paused or done',
  'race.winner': 'id of the arm with the lowest held-out loss at the end',
  'race.early': 'id of the arm with the lowest held-out loss at the first measurement after the start',
  'race.midway': 'id of the arm with the lowest held-out loss half-way',
  'race.margin': 'held-out loss of the second arm minus that of the winner, at the end',
  'race.seeds': 'trainings per arm',
  'race.steps': 'steps of each training',
  'race.passes': 'how many times the training text was seen',
  'try.tokens': 'tokens written by the deeper model',
  'try.same': 'words that base and deeper model have in common from the start',
  'try.words': 'words written by the deeper model',
  'try.text': 'what the base has written, its first words',
  'export.status': 'idle, running, done or failed',
  'export.blocks': 'blocks of the written checkpoint',
  'export.unchanged': 'tensors of the written checkpoint that are the base’s, byte for byte',
} as const;
export type ReadingName = keyof typeof READINGS;

/** Measures of an arm, as Compare and the cost model know them: `arm:ID:MEASURE`, where Compare shows the arm. */
export const ARM_READINGS = {
  loss: 'loss before training',
  change: 'the same minus the base’s',
  logits: 'largest absolute difference of any logit from the base’s',
  spread: 'plan perplexity / n, mean over plans',
  normKept: 'norm that the plan leaves of the rows it moves',
  normToNext: 'norm of the new weights as a share of the next block’s',
  cosinePrevious: 'cosine of the new weights and the previous block’s',
  cosineNext: 'cosine of the new weights and the next block’s',
  halfNext: 'distance from half of the next block, as a share of its norm',
  backward: 'blocks that back-propagation passes through',
} as const;
export type ArmReading = keyof typeof ARM_READINGS;

/** Measures of an arm of the race, means over its seeds: `run:ID:MEASURE`. */
export const RUN_READINGS = {
  start: 'held-out loss before training',
  early: 'held-out loss at the first measurement after the start',
  half: 'held-out loss half-way',
  end: 'held-out loss at the end',
  error: 'standard error of the held-out loss at the end, over seeds',
  training: 'training loss, mean of the last tenth of the steps',
  old: 'loss on the old domain at the end',
  stepMs: 'time of a step, in ms',
  times: 'time of a step as a multiple of the first arm’s',
  backward: 'blocks that back-propagation passes through',
} as const;
export type RunReading = keyof typeof RUN_READINGS;

/** `activity.NAME`: a value of the step's activity. */
const FAMILIES = [
  new RegExp(`^arm:[\\w:.-]+:(${Object.keys(ARM_READINGS).join('|')})$`),
  new RegExp(`^run:[\\w:.-]+:(${Object.keys(RUN_READINGS).join('|')})$`),
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

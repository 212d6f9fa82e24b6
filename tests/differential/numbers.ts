import type { Answer } from './subject';

export const QUANTITIES = [
  'loss',
  'cost',
  'plan',
  'fused block',
  'deeper loss',
  'gradient',
  'AdamW step',
] as const;
export type Quantity = (typeof QUANTITIES)[number];

/** Lists of numbers by name, such as `gradient: 2.mlp.up_proj.weight`. */
export type Numbers = Map<string, { readonly quantity: Quantity; readonly values: ArrayLike<number> }>;

/** All numbers of a backend's answer that the twin has too. */
export function numbersOf(answer: Answer): Numbers {
  const all: Numbers = new Map();
  const add = (quantity: Quantity, key: string, values: ArrayLike<number> | undefined): void => {
    if (values) all.set(`${quantity}: ${key}`, { quantity, values });
  };
  add('loss', 'of tokens', answer.nll);
  add('loss', 'last logits, token by token', answer.lastLogits);
  for (const [name, plan] of answer.plans) {
    add('cost', name, plan.cost);
    add('plan', name, plan.plan);
    add('plan', `${name}, transport cost`, [plan.transportCost]);
    add('plan', `${name}, perplexity`, [plan.perplexity]);
  }
  for (const [index, block] of answer.blocks ?? [])
    for (const [name, values] of block) add('fused block', `${index}.${name}`, values);
  add('deeper loss', 'of tokens', answer.deeperNll);
  add('deeper loss', 'of a training step', answer.trained && [answer.trained.loss]);
  for (const [name, values] of answer.trained?.gradients ?? []) add('gradient', name, values);
  return all;
}

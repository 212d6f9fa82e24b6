import { isLayout } from '../../src/upscale/contract/method';
import { blockSpecs } from '../../src/upscale/expanding/block-specs';
import { methodOf } from '../../src/upscale/methods';
import { comparesActivations, zeroInitOf } from '../../src/upscale/methods/resolve';
import type { Draw } from './draw';
import type { Answer } from './subject';
import { featuresOf } from './twin/features';
import { isOutput, type Making, plainFlow, withoutPlan } from './twin/fused';
import { type Matrix, scaled } from './twin/matrix';
import { type Evaluation, run, type TwinBlock, type TwinModel, type Weights } from './twin/model';
import type { Report, TwinPlan } from './twin/plan';
import type { Rounding } from './twin/rounding';
import { settingsOf } from './twin/settings';
import { headsByActivations, structuredFlow } from './twin/structured';
import type { Numbers, Quantity } from './numbers';

/**
 * What the twin makes of a draw. Of a backend's answer it reads only what cannot be right or wrong: after how many iterations a solve
 * stopped, the ε that a search found, and the rows that a seed drew (`random`) or trained networks predicted (`lesa`).
 */
export function twinNumbers(draw: Draw, answer: Answer, rounding: Rounding): Numbers {
  const all: Numbers = new Map();
  const add = (quantity: Quantity, key: string, values: ArrayLike<number>): void => {
    all.set(`${quantity}: ${key}`, { quantity, values });
  };
  const base = baseOf(draw);
  const read = draw.windows.map((ids) => ({ ids, from: 1 }));
  const evaluation = run(base, read, rounding);
  add('loss', 'of tokens', evaluation.nll);
  add('loss', 'last logits, token by token', evaluation.lastLogits);
  if (!answer.blocks) return all;
  const blocks = deeperBlocks(draw, base, evaluation, answer, rounding, (index, weights, plans) => {
    for (const [name, { values }] of weights)
      if (draw.recipe.method !== 'lesa' || !name.endsWith('_proj.weight'))
        add('fused block', `${index}.${name}`, values);
    for (const [name, plan] of plans) {
      add('cost', `${index}.${name}`, plan.cost.values);
      add('plan', `${index}.${name}`, plan.plan.values);
      add('plan', `${index}.${name}, transport cost`, [plan.transportCost]);
      add('plan', `${index}.${name}, perplexity`, [plan.perplexity]);
    }
  });
  const model = { ...base, blocks };
  add('deeper loss', 'of tokens', run(model, read, rounding).nll);
  const trained = run(
    model,
    draw.windows.map((ids, i) => ({ ids, from: draw.from[i] ?? 1 })),
    rounding,
  );
  add('deeper loss', 'of a training step', [trained.loss]);
  for (const [name, slope] of trained.slopes) add('gradient', name, slope);
  return all;
}

function baseOf(draw: Draw): TwinModel {
  const settings = settingsOf(draw.config);
  const outer = new Map<string, Matrix>();
  const blocks: { weights: Map<string, Matrix>; like: number }[] = settings.layers.map((_, like) => ({
    weights: new Map(),
    like,
  }));
  for (const [name, { shape, values }] of draw.tensors) {
    const [rows, columns] = shape.length === 1 ? [1, shape[0] ?? 0] : [shape[0] ?? 0, shape[1] ?? 0];
    const [, index, key] = /^model\.layers\.(\d+)\.(.+)$/.exec(name) ?? [];
    const into = key === undefined ? outer : blocks[Number(index)]?.weights;
    into?.set(key ?? name, { rows, columns, values });
  }
  return { settings, outer, blocks };
}

function deeperBlocks(
  draw: Draw,
  base: TwinModel,
  evaluation: Evaluation,
  answer: Answer,
  rounding: Rounding,
  note: (index: number, weights: Weights, plans: ReadonlyMap<string, TwinPlan>) => void,
): TwinBlock[] {
  const { recipe } = draw;
  const method = methodOf(recipe.method);
  const features = comparesActivations(recipe) ? featuresOf(evaluation, rounding) : undefined;
  return blockSpecs(recipe, base.blocks.length).map((spec, index): TwinBlock => {
    const block = (of: number): TwinBlock => base.blocks[of] as TwinBlock;
    if (spec.kind === 'base' || spec.kind === 'copy') return block(spec.index);
    if (spec.kind === 'scaled') {
      const factor = Math.fround(spec.scale as number);
      const weights = new Map(
        [...block(spec.index).weights].map(([name, matrix]) => [
          name,
          isOutput(name) ? scaled(matrix, factor, rounding) : matrix,
        ]),
      );
      note(index, weights, new Map());
      return { weights, like: spec.index };
    }
    const reports = new Map<string, Report>();
    for (const [name, plan] of answer.plans)
      if (name.startsWith(`${index}.`)) reports.set(name.slice(`${index}.`.length), plan);
    const [from, to] = [features?.[spec.previous], features?.[spec.next]];
    const pair = isLayout(method) || method.parents === 'pair';
    const making: Making = {
      settings: base.settings,
      recipe,
      zeroInit: zeroInitOf(recipe),
      previous: block(spec.previous).weights,
      next: block(pair ? spec.next : spec.previous).weights,
      features: from && to && { previous: from, next: to },
      reports,
      rounding,
    };
    const predicted = new Map(
      [...(answer.blocks?.get(index) ?? [])].map(([name, values]): [string, Matrix] => {
        const { rows, columns } = making.previous.get(name) as Matrix;
        return [name, { rows, columns, values: Float64Array.from(values) }];
      }),
    );
    let made: { weights: Map<string, Matrix>; plans: Map<string, TwinPlan> };
    if (!isLayout(method) && method.flow) {
      made =
        recipe.method === 'opt-deus:structured'
          ? structuredFlow(making)
          : plainFlow(making, (tensor, heads) => headsByActivations(making, tensor, heads));
    } else
      made = {
        weights: withoutPlan(making, recipe.method, { gap: spec.gap, first: block(0).weights, predicted }),
        plans: new Map(),
      };
    note(index, made.weights, made.plans);
    const ofNext = recipe.method === 'half-next' || recipe.method.startsWith('copy-next');
    return { weights: made.weights, like: ofNext ? spec.next : spec.previous };
  });
}

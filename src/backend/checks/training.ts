import type { AdamWOptions, AdamWParameter, Tensor } from '../operations';
import { elements, expectShape } from '../shape';
import {
  check,
  checkCount,
  checkDType,
  checkFinite,
  checkSameShape,
  checkTarget,
  checkValues,
  describe,
} from './check';

export function reluSizes(x: Tensor): { count: number } {
  checkValues('relu', x);
  return { count: elements(x.shape) };
}

export const reluGradientSizes = (activation: Tensor, upstream: Tensor): { count: number } => ({
  count: checkSameShape('reluGradient', activation, upstream),
});

export function normMatchedLossSizes(
  prediction: Tensor,
  target: Tensor,
  lambda: number,
  gradient: Tensor,
): { count: number } {
  const operation = 'normMatchedLoss';
  const size = checkSameShape(operation, prediction, target);
  check(lambda >= 0 && lambda <= 1, operation, 'lambda from 0 to 1', `${lambda}`);
  checkTarget(operation, gradient, prediction, target);
  expectShape(operation, gradient, prediction.shape);
  return { count: size };
}

/** Factors of an AdamW step, the same for every entry. */
export interface AdamWFactors {
  /** 1 − rate·weightDecay. */
  readonly decay: number;
  /** rate/(1 − β₁ᵗ). */
  readonly stepSize: number;
  /** 1/√(1 − β₂ᵗ). */
  readonly rootScale: number;
}

/** Returns the factors of a step, and the number of entries of each parameter. */
export function adamWFactors(
  parameters: readonly AdamWParameter[],
  { rate, betas, eps, weightDecay, step, gradientFactor = 1 }: AdamWOptions,
): { counts: readonly number[]; factors: AdamWFactors } {
  const operation = 'adamW';
  const factor = typeof gradientFactor === 'number' ? undefined : gradientFactor;
  const counts = parameters.map(({ value, gradient, moments }) => {
    const size = checkSameShape(operation, value, gradient);
    checkTarget(operation, value, gradient, factor);
    checkTarget(operation, moments, gradient, factor);
    expectShape(operation, moments, [2, ...value.shape]);
    checkDType(operation, gradient, 'f32');
    return size;
  });
  const targets = parameters.flatMap(({ value, moments }) => [value, moments]);
  const twice = targets.find((target, i) => targets.indexOf(target) !== i);
  check(twice === undefined, operation, 'each tensor once', `${twice?.label} twice`);
  if (factor) {
    checkDType(operation, factor, 'f32');
    check(elements(factor.shape) === 1, operation, 'one gradient factor', describe(factor));
  } else checkFinite(operation, 'gradientFactor', gradientFactor as number);
  checkCount(operation, 'step', step, 1);
  for (const [name, value] of [['rate', rate] as const, ['weightDecay', weightDecay] as const]) {
    checkFinite(operation, name, value);
    check(value >= 0, operation, `${name} to be ≥ 0`, `${value}`);
  }
  check(eps > 0 && Number.isFinite(eps), operation, 'eps to be above 0 and finite', `${eps}`);
  for (const beta of betas)
    check(beta >= 0 && beta < 1, operation, 'betas from 0 to below 1', betas.join(', '));
  const [beta1, beta2] = betas;
  return {
    counts,
    factors: {
      decay: 1 - rate * weightDecay,
      stepSize: rate / (1 - beta1 ** step),
      rootScale: 1 / Math.sqrt(1 - beta2 ** step),
    },
  };
}

import type { AdamWOptions, Moments, Tensor } from '../operations';
import { elements, expectShape } from '../shape';
import {
  check,
  checkCount,
  checkDType,
  checkFinite,
  checkSameShape,
  checkTarget,
  checkValues,
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
  readonly count: number;
  /** 1 − rate·weightDecay. */
  readonly decay: number;
  /** rate/(1 − β₁ᵗ). */
  readonly stepSize: number;
  /** 1/√(1 − β₂ᵗ). */
  readonly rootScale: number;
  readonly gradientFactor: number;
}

export function adamWFactors(
  parameter: Tensor,
  gradient: Tensor,
  { first, second }: Moments,
  { rate, betas, eps, weightDecay, step, gradientFactor = 1 }: AdamWOptions,
): AdamWFactors {
  const operation = 'adamW';
  const size = checkSameShape(operation, parameter, gradient);
  const targets = [parameter, first, second];
  for (const [i, target] of targets.entries()) {
    checkTarget(operation, target, gradient, ...targets.slice(0, i));
    expectShape(operation, target, parameter.shape);
  }
  checkDType(operation, gradient, 'f32');
  checkCount(operation, 'step', step, 1);
  for (const [name, value] of [['rate', rate] as const, ['weightDecay', weightDecay] as const]) {
    checkFinite(operation, name, value);
    check(value >= 0, operation, `${name} to be ≥ 0`, `${value}`);
  }
  checkFinite(operation, 'gradientFactor', gradientFactor);
  check(eps > 0 && Number.isFinite(eps), operation, 'eps to be above 0 and finite', `${eps}`);
  for (const beta of betas)
    check(beta >= 0 && beta < 1, operation, 'betas from 0 to below 1', betas.join(', '));
  const [beta1, beta2] = betas;
  return {
    count: size,
    decay: 1 - rate * weightDecay,
    stepSize: rate / (1 - beta1 ** step),
    rootScale: 1 / Math.sqrt(1 - beta2 ** step),
    gradientFactor,
  };
}

import type { AdamWOptions, Moments, Tensor } from '../operations';
import { elements, expectShape } from '../shape';
import { count, demand, finite, ofType, sameShape, values, written } from './demand';

export function reluSizes(x: Tensor): { count: number } {
  values('relu', x);
  return { count: elements(x.shape) };
}

export const reluGradientSizes = (activation: Tensor, upstream: Tensor): { count: number } => ({
  count: sameShape('reluGradient', activation, upstream),
});

export function normMatchedLossSizes(
  prediction: Tensor,
  target: Tensor,
  lambda: number,
  gradient: Tensor,
): { count: number } {
  const operation = 'normMatchedLoss';
  const size = sameShape(operation, prediction, target);
  demand(lambda >= 0 && lambda <= 1, operation, 'lambda from 0 to 1', `${lambda}`);
  written(operation, gradient, prediction, target);
  expectShape(operation, gradient, prediction.shape);
  return { count: size };
}

/** What one step asks of every entry. */
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
  const size = sameShape(operation, parameter, gradient);
  const targets = [parameter, first, second];
  for (const [i, target] of targets.entries()) {
    written(operation, target, gradient, ...targets.slice(0, i));
    expectShape(operation, target, parameter.shape);
  }
  ofType(operation, gradient, 'f32');
  count(operation, 'step', step, 1);
  for (const [name, value] of [['rate', rate] as const, ['weightDecay', weightDecay] as const]) {
    finite(operation, name, value);
    demand(value >= 0, operation, `${name} to be ≥ 0`, `${value}`);
  }
  finite(operation, 'gradientFactor', gradientFactor);
  demand(eps > 0 && Number.isFinite(eps), operation, 'eps to be above 0 and finite', `${eps}`);
  for (const beta of betas)
    demand(beta >= 0 && beta < 1, operation, 'betas from 0 to below 1', betas.join(', '));
  const [beta1, beta2] = betas;
  return {
    count: size,
    decay: 1 - rate * weightDecay,
    stepSize: rate / (1 - beta1 ** step),
    rootScale: 1 / Math.sqrt(1 - beta2 ** step),
    gradientFactor,
  };
}

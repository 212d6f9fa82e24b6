import { adamWFactors, normMatchedLossSizes, reluGradientSizes, reluSizes } from '../checks/training';
import type { AdamWOptions, AdamWParameter, Tensor } from '../operations';
import type { Store } from './storage';

export function relu(store: Store, x: Tensor): Tensor {
  store.check(x);
  const { count } = reluSizes(x);
  const values = store.asFloat64(x);
  const result = store.zeros(x.shape, 'relu');
  const out = store.target(result);
  // Not Math.max: NaN must stay NaN, or it would look like a dead unit.
  for (let i = 0; i < count; i++) out[i] = values[i]! < 0 ? 0 : values[i]!;
  return result;
}

export function reluGradient(store: Store, activation: Tensor, upstream: Tensor): Tensor {
  store.check(activation, upstream);
  const { count } = reluGradientSizes(activation, upstream);
  const gate = store.asFloat64(activation);
  const values = store.asFloat64(upstream);
  const result = store.zeros(upstream.shape, 'reluGradient');
  const out = store.target(result);
  for (let i = 0; i < count; i++) out[i] = gate[i]! > 0 ? values[i]! : 0;
  return result;
}

export function normMatchedLoss(
  store: Store,
  prediction: Tensor,
  target: Tensor,
  lambda: number,
  gradient: Tensor,
): Tensor {
  store.check(prediction, target, gradient);
  const { count } = normMatchedLossSizes(prediction, target, lambda, gradient);
  const p = store.asFloat64(prediction);
  const t = store.asFloat64(target);
  const out = store.target(gradient);
  let errors = 0;
  let squares = 0;
  let targetSquares = 0;
  for (let i = 0; i < count; i++) {
    errors += (p[i]! - t[i]!) ** 2;
    squares += p[i]! ** 2;
    targetSquares += t[i]! ** 2;
  }
  const size = Math.sqrt(squares);
  const gap = size - Math.sqrt(targetSquares);
  const errorWeight = ((1 - lambda) * 2) / count;
  // The norm has no derivative at 0; as in PyTorch, it counts as 0.
  const sizeWeight = size > 0 ? (lambda * 2 * gap) / size : 0;
  for (let i = 0; i < count; i++) out[i] = errorWeight * (p[i]! - t[i]!) + sizeWeight * p[i]!;
  const result = store.zeros([1], 'normMatchedLoss');
  store.target(result)[0] = ((1 - lambda) * errors) / count + lambda * gap * gap;
  return result;
}

export function adamW(store: Store, parameters: readonly AdamWParameter[], options: AdamWOptions): void {
  const { betas, eps, gradientFactor = 1 } = options;
  for (const { value, gradient, moments } of parameters) store.check(value, gradient, moments);
  if (typeof gradientFactor !== 'number') store.check(gradientFactor);
  const { counts, factors } = adamWFactors(parameters, options);
  const { decay, stepSize, rootScale } = factors;
  const factor = typeof gradientFactor === 'number' ? gradientFactor : store.numbers(gradientFactor)[0]!;
  const [beta1, beta2] = betas;
  for (const [at, { value, gradient, moments }] of parameters.entries()) {
    const count = counts[at]!;
    const p = store.target(value);
    const g = store.asFloat64(gradient);
    const m = store.target(moments).subarray(0, count);
    const v = store.target(moments).subarray(count);
    for (let i = 0; i < count; i++) {
      const slope = g[i]! * factor;
      const first = beta1 * m[i]! + (1 - beta1) * slope;
      const second = beta2 * v[i]! + (1 - beta2) * slope * slope;
      // Rounded, so that a training restored from float32 files continues with the same numbers.
      m[i] = Math.fround(first);
      v[i] = Math.fround(second);
      p[i] = Math.fround(decay * p[i]! - (stepSize * first) / (Math.sqrt(second) * rootScale + eps));
    }
  }
}

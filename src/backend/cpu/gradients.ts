import {
  clipFactorOf,
  clipFactorSizes,
  crossEntropyGradientSizes,
  rmsNormGradientSizes,
  scatterAddSizes,
  softCapGradientSizes,
  squaredNormsSizes,
  swigluGradientSizes,
} from '../checks/gradients';
import type { Activation, GainOffset, Tensor } from '../operations';
import { gateArgument, gateArgumentSlope } from './gate';
import type { Store } from './storage';

export function rmsNormGradient(
  store: Store,
  x: Tensor,
  gain: Tensor,
  upstream: Tensor,
  eps: number,
  gainGradient?: Tensor,
  offset: GainOffset = 0,
): Tensor {
  store.check(x, gain, upstream, gainGradient);
  const { rows, columns } = rmsNormGradientSizes(x, gain, upstream, eps, gainGradient);
  const values = store.asFloat64(x);
  const gains = store.asFloat64(gain).map((value) => value + offset);
  const slopes = store.asFloat64(upstream);
  const ofGain = gainGradient && store.target(gainGradient);
  const result = store.zeros(x.shape, 'rmsNormGradient');
  const out = store.target(result);
  for (let i = 0; i < rows; i++) {
    const at = i * columns;
    let squares = 0;
    let along = 0;
    for (let j = 0; j < columns; j++) {
      squares += values[at + j]! ** 2;
      along += slopes[at + j]! * gains[j]! * values[at + j]!;
    }
    const inverse = 1 / Math.sqrt(squares / columns + eps);
    const pull = (along * inverse ** 3) / columns;
    for (let j = 0; j < columns; j++) {
      out[at + j] = slopes[at + j]! * gains[j]! * inverse - values[at + j]! * pull;
      if (ofGain) ofGain[j]! += slopes[at + j]! * values[at + j]! * inverse;
    }
  }
  return result;
}

export function swigluGradient(
  store: Store,
  gate: Tensor,
  up: Tensor,
  upstream: Tensor,
  activation: Activation = 'silu',
): { gate: Tensor; up: Tensor } {
  store.check(gate, up, upstream);
  const { count } = swigluGradientSizes(gate, up, upstream);
  const gates = store.asFloat64(gate);
  const ups = store.asFloat64(up);
  const slopes = store.asFloat64(upstream);
  const result = store.zerosEach({ gate: gate.shape, up: up.shape }, 'gradient');
  const ofGate = store.target(result.gate);
  const ofUp = store.target(result.up);
  const argument = gateArgument(activation);
  const slope = gateArgumentSlope(activation);
  for (let i = 0; i < count; i++) {
    const x = gates[i]!;
    const share = 1 / (1 + Math.exp(-argument(x)));
    ofUp[i] = slopes[i]! * x * share;
    ofGate[i] = slopes[i]! * ups[i]! * share * (1 + x * slope(x) * (1 - share));
  }
  return result;
}

export function softCapGradient(store: Store, capped: Tensor, upstream: Tensor, cap: number): Tensor {
  store.check(capped, upstream);
  const { count } = softCapGradientSizes(capped, upstream, cap);
  const values = store.asFloat64(capped);
  const slopes = store.asFloat64(upstream);
  const result = store.zeros(capped.shape, 'softCapGradient');
  const out = store.target(result);
  for (let i = 0; i < count; i++) out[i] = slopes[i]! * (1 - (values[i]! / cap) ** 2);
  return result;
}

/** If the target is outside the vocabulary, the row becomes NaN, or 0 if its weight is 0. */
export function crossEntropyGradient(store: Store, logits: Tensor, targets: Tensor, weights: Tensor): void {
  store.check(logits, targets, weights);
  const { rows, columns } = crossEntropyGradientSizes(logits, targets, weights);
  const values = store.target(logits);
  const wanted = store.indices(targets);
  const factors = store.asFloat64(weights);
  for (let i = 0; i < rows; i++) {
    const row = values.subarray(i * columns, (i + 1) * columns);
    const factor = factors[i]!;
    const target = wanted[i]!;
    if (factor === 0) {
      row.fill(0);
      continue;
    }
    if (target >= columns) {
      row.fill(NaN);
      continue;
    }
    let most = -Infinity;
    for (let j = 0; j < columns; j++) most = Math.max(most, row[j]!);
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += Math.exp(row[j]! - most);
    for (let j = 0; j < columns; j++) row[j] = (factor * Math.exp(row[j]! - most)) / sum;
    row[target]! -= factor;
  }
}

export function scatterAdd(store: Store, rows: Tensor, index: Tensor, into: Tensor, offset = 0): void {
  store.check(rows, index, into);
  const { count, columns, intoRows } = scatterAddSizes(rows, index, into, offset);
  const values = store.asFloat64(rows);
  const places = store.indices(index);
  const out = store.target(into);
  for (let r = 0; r < count; r++) {
    const place = places[r]! - offset;
    if (place < 0 || place >= intoRows) continue;
    for (let j = 0; j < columns; j++) out[place * columns + j]! += values[r * columns + j]!;
  }
}

export function squaredNorms(store: Store, tensors: readonly Tensor[]): Tensor {
  store.check(...tensors);
  const { counts } = squaredNormsSizes(tensors);
  const result = store.zeros([tensors.length], 'squared norms');
  const out = store.target(result);
  for (const [at, tensor] of tensors.entries()) {
    const values = store.asFloat64(tensor);
    for (let i = 0; i < counts[at]!; i++) out[at]! += values[i]! ** 2;
  }
  return result;
}

export function clipFactor(store: Store, squares: Tensor, most: number): Tensor {
  store.check(squares);
  clipFactorSizes(squares, most);
  const result = store.zeros([1], 'clip factor');
  store.target(result)[0] = clipFactorOf(store.asFloat64(squares), most);
  return result;
}

import {
  attentionSizes,
  crossEntropySizes,
  rmsNormSizes,
  ropeSizes,
  softCapSizes,
  swigluSizes,
} from '../checks/transformer';
import type { Activation, AttentionShape, GainOffset, Tensor } from '../operations';
import { gateArgument } from './gate';
import { gemm } from './gemm';
import { softmax } from './softmax';
import type { Store } from './storage';

export function rmsNorm(store: Store, x: Tensor, gain: Tensor, eps: number, offset: GainOffset = 0): Tensor {
  store.check(x, gain);
  const { rows, columns } = rmsNormSizes(x, gain, eps);
  const values = store.asFloat64(x);
  const gains = store.asFloat64(gain);
  const result = store.zeros(x.shape, 'rmsNorm');
  const out = store.target(result);
  for (let i = 0; i < rows; i++) {
    const at = i * columns;
    let squares = 0;
    for (let j = 0; j < columns; j++) squares += values[at + j]! ** 2;
    const inverse = 1 / Math.sqrt(squares / columns + eps);
    for (let j = 0; j < columns; j++) out[at + j] = values[at + j]! * inverse * (gains[j]! + offset);
  }
  return result;
}

export function rope(store: Store, x: Tensor, table: Tensor, headDim: number, positionStart: number): Tensor {
  store.check(x, table);
  const { rows, heads } = ropeSizes(x, table, headDim, positionStart);
  const values = store.asFloat64(x);
  const angles = store.asFloat64(table);
  const result = store.zeros(x.shape, 'rope');
  const out = store.target(result);
  const half = headDim / 2;
  for (let t = 0; t < rows; t++) {
    const angleStart = (positionStart + t) * headDim;
    for (let head = 0; head < heads; head++) {
      const at = (t * heads + head) * headDim;
      for (let j = 0; j < half; j++) {
        const cosine = angles[angleStart + j]!;
        const sine = angles[angleStart + half + j]!;
        const first = values[at + j]!;
        const second = values[at + half + j]!;
        out[at + j] = first * cosine - second * sine;
        out[at + half + j] = second * cosine + first * sine;
      }
    }
  }
  return result;
}

/** Queries whose scores are in memory at a time. */
const CHUNK = 32;

export function attention(store: Store, q: Tensor, k: Tensor, v: Tensor, shape: AttentionShape): Tensor {
  store.check(q, k, v);
  const { heads, kvHeads, headDim, past } = shape;
  const { queries, keys, windows, scale, span, cap } = attentionSizes(q, k, v, shape);
  const query = store.numbers(q);
  const key = store.numbers(k);
  const value = store.numbers(v);
  const result = store.zeros(q.shape, 'attention');
  const out = store.target(result);
  const width = heads * headDim;
  const sharedWidth = kvHeads * headDim;
  const scores = new Float64Array(Math.min(CHUNK, queries) * keys);
  for (let part = 0; part < heads * windows; part++) {
    const head = part % heads;
    const base = Math.floor(part / heads) * queries;
    const shared = base * sharedWidth + Math.floor((head * kvHeads) / heads) * headDim;
    for (let first = 0; first < queries; first += CHUNK) {
      const rows = Math.min(CHUNK, queries - first);
      const at = (base + first) * width + head * headDim;
      const seen = past + first + rows;
      const queryView = { values: query, start: at, row: width, column: 1 };
      const keyView = { values: key, start: shared, row: sharedWidth, column: 1 };
      const valueView = { values: value, start: shared, row: 1, column: sharedWidth };
      scores.fill(0, 0, rows * seen);
      gemm(scores, 0, seen, queryView, keyView, rows, seen, headDim, scale);
      for (let t = 0; t < rows; t++) {
        const visible = past + first + t + 1;
        softmax(scores.subarray(t * seen, (t + 1) * seen), Math.max(0, visible - span), visible, cap);
      }
      const weightView = { values: scores, start: 0, row: seen, column: 1 };
      gemm(out, at, width, weightView, valueView, rows, headDim, seen);
    }
  }
  return result;
}

export function softCap(store: Store, x: Tensor, cap: number): Tensor {
  store.check(x);
  const { count } = softCapSizes(x, cap);
  const values = store.asFloat64(x);
  const result = store.zeros(x.shape, 'softCap');
  const out = store.target(result);
  for (let i = 0; i < count; i++) out[i] = cap * Math.tanh(values[i]! / cap);
  return result;
}

export function swiglu(store: Store, gate: Tensor, up: Tensor, activation: Activation = 'silu'): Tensor {
  store.check(gate, up);
  const { count } = swigluSizes(gate, up);
  const gates = store.asFloat64(gate);
  const ups = store.asFloat64(up);
  const result = store.zeros(gate.shape, 'swiglu');
  const out = store.target(result);
  const argument = gateArgument(activation);
  for (let i = 0; i < count; i++) out[i] = (gates[i]! / (1 + Math.exp(-argument(gates[i]!)))) * ups[i]!;
  return result;
}

/** The loss of a target outside the vocabulary is NaN. */
export function crossEntropy(store: Store, logits: Tensor, targets: Tensor): Tensor {
  store.check(logits, targets);
  const { rows, columns } = crossEntropySizes(logits, targets);
  const values = store.asFloat64(logits);
  const wanted = store.indices(targets);
  const result = store.zeros([rows], 'crossEntropy');
  const out = store.target(result);
  for (let i = 0; i < rows; i++) {
    const at = i * columns;
    let most = -Infinity;
    for (let j = 0; j < columns; j++) most = Math.max(most, values[at + j]!);
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += Math.exp(values[at + j]! - most);
    const target = wanted[i]!;
    out[i] = target < columns ? most + Math.log(sum) - values[at + target]! : NaN;
  }
  return result;
}

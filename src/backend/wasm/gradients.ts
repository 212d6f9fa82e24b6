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
import { EXPONENTIAL_NS, REDUCTION_GRAIN, STREAM_NS } from './work-split';
import type { Runner } from './runner';

export function rmsNormGradient(
  runner: Runner,
  x: Tensor,
  gain: Tensor,
  upstream: Tensor,
  eps: number,
  gainGradient?: Tensor,
  offset: GainOffset = 0,
): Tensor {
  runner.check(x, gain, upstream, gainGradient);
  const { rows, columns } = rmsNormGradientSizes(x, gain, upstream, eps, gainGradient);
  return runner.make(x.shape, 'rmsNormGradient', (out) => {
    runner.withF32([x, gain, upstream], (xAt, gainAt, slopes) =>
      runner.temporary(8 * rows, 'root mean squares', (roots) => {
        const given = { x: xAt, upstream: slopes, roots, columns };
        const split = { items: rows, nanoseconds: 6 * STREAM_NS * columns };
        runner.run('rmsNormGradient', { ...given, gain: gainAt, eps, offset, out }, split);
        if (!gainGradient) return;
        runner.run(
          'rmsNormGainGradient',
          { ...given, rows, out: runner.target(gainGradient) },
          { items: columns, nanoseconds: 4 * STREAM_NS * rows, multiple: 4 },
        );
      }),
    );
  });
}

export function swigluGradient(
  runner: Runner,
  gate: Tensor,
  up: Tensor,
  upstream: Tensor,
  activation: Activation = 'silu',
): { gate: Tensor; up: Tensor } {
  runner.check(gate, up, upstream);
  const { count } = swigluGradientSizes(gate, up, upstream);
  return runner.makeEach({ gate: gate.shape, up: up.shape }, 'gradient', (of) => {
    runner.withF32([gate, up, upstream], (gateAt, upAt, slopes) =>
      runner.run(
        activation === 'gelu' ? 'gegluGradient' : 'swigluGradient',
        { gate: gateAt, up: upAt, upstream: slopes, dGate: of.gate, dUp: of.up },
        { items: count, nanoseconds: EXPONENTIAL_NS, multiple: 4 },
      ),
    );
  });
}

export function softCapGradient(runner: Runner, capped: Tensor, upstream: Tensor, cap: number): Tensor {
  runner.check(capped, upstream);
  const { count } = softCapGradientSizes(capped, upstream, cap);
  return runner.make(capped.shape, 'softCapGradient', (out) => {
    runner.withF32([capped, upstream], (at, slopes) =>
      runner.run(
        'softCapGradient',
        { capped: at, upstream: slopes, cap, out },
        { items: count, nanoseconds: 3 * STREAM_NS, multiple: 4 },
      ),
    );
  });
}

export function crossEntropyGradient(runner: Runner, logits: Tensor, targets: Tensor, weights: Tensor): void {
  runner.check(logits, targets, weights);
  const { rows, columns } = crossEntropyGradientSizes(logits, targets, weights);
  runner.run(
    'crossEntropyGradient',
    { logits: runner.target(logits), targets: runner.at(targets), weights: runner.at(weights), columns },
    { items: rows, nanoseconds: EXPONENTIAL_NS * columns },
  );
}

export function scatterAdd(runner: Runner, rows: Tensor, index: Tensor, into: Tensor, offset = 0): void {
  runner.check(rows, index, into);
  const { count, columns, intoRows } = scatterAddSizes(rows, index, into, offset);
  runner.withF32([rows], (x) =>
    runner.run(
      'scatterAdd',
      { x, index: runner.at(index), offset, count, columns, rows: intoRows, out: runner.target(into) },
      { items: columns, nanoseconds: 3 * STREAM_NS * count, multiple: 4 },
    ),
  );
}

export function squaredNorms(runner: Runner, tensors: readonly Tensor[]): Tensor {
  runner.check(...tensors);
  const { counts } = squaredNormsSizes(tensors);
  const sums = tensors.map((tensor, i) => sumOfSquares(runner, tensor, counts[i] ?? 0));
  return runner.make([tensors.length], 'squared norms', (at) =>
    runner.heap.floats(at, tensors.length).set(sums),
  );
}

function sumOfSquares(runner: Runner, x: Tensor, count: number): number {
  const ranges = Math.ceil(count / REDUCTION_GRAIN);
  const parts = runner.temporary(8 * ranges, 'sums of squares', (out) => {
    runner.withF32([x], (at) =>
      runner.run(
        'squares',
        { x: at, grain: REDUCTION_GRAIN, out },
        { items: count, nanoseconds: STREAM_NS, grain: REDUCTION_GRAIN },
      ),
    );
    return runner.heap.doubles.slice(out / 8, out / 8 + ranges);
  });
  return parts.reduce((total, part) => total + part, 0);
}

export function clipFactor(runner: Runner, squares: Tensor, most: number): Tensor {
  runner.check(squares);
  clipFactorSizes(squares, most);
  const factor = clipFactorOf(Float64Array.from(runner.read(squares)), most);
  return runner.make([1], 'clip factor', (at) => runner.heap.floats(at, 1).set([factor]));
}

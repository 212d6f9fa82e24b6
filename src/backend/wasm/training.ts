import { adamWFactors, normMatchedLossSizes, reluGradientSizes, reluSizes } from '../checks/training';
import type { AdamWOptions, AdamWParameter, Tensor } from '../operations';
import { REDUCTION_GRAIN, STREAM_NS } from './work-split';
import type { Runner } from './runner';

export function relu(runner: Runner, x: Tensor): Tensor {
  runner.check(x);
  const { count } = reluSizes(x);
  return runner.make(x.shape, 'relu', (out) => {
    runner.withF32([x], (at) =>
      runner.run('relu', { x: at, out }, { items: count, nanoseconds: STREAM_NS, multiple: 4 }),
    );
  });
}

export function reluGradient(runner: Runner, activation: Tensor, upstream: Tensor): Tensor {
  runner.check(activation, upstream);
  const { count } = reluGradientSizes(activation, upstream);
  return runner.make(upstream.shape, 'reluGradient', (out) => {
    runner.withF32([activation, upstream], (gate, at) =>
      runner.run(
        'reluGradient',
        { gate, upstream: at, out },
        { items: count, nanoseconds: STREAM_NS, multiple: 4 },
      ),
    );
  });
}

export function normMatchedLoss(
  runner: Runner,
  prediction: Tensor,
  target: Tensor,
  lambda: number,
  gradient: Tensor,
): Tensor {
  runner.check(prediction, target, gradient);
  const { count } = normMatchedLossSizes(prediction, target, lambda, gradient);
  return runner.make([1], 'normMatchedLoss', (out) => {
    const ranges = Math.ceil(count / REDUCTION_GRAIN);
    runner.withF32([prediction, target], (p, t) => {
      const sums = runner.temporary(24 * ranges, 'sums of a loss', (out) => {
        const split = { items: count, nanoseconds: 2 * STREAM_NS, grain: REDUCTION_GRAIN };
        runner.run('lossSums', { p, t, grain: REDUCTION_GRAIN, out }, split);
        return runner.heap.doubles.slice(out / 8, out / 8 + 3 * ranges);
      });
      const [errors = NaN, squares = NaN, targetSquares = NaN] = [0, 1, 2].map((which) =>
        sums.reduce((sum, part, i) => (i % 3 === which ? sum + part : sum), 0),
      );
      const size = Math.sqrt(squares);
      const gap = size - Math.sqrt(targetSquares);
      const errorWeight = ((1 - lambda) * 2) / count;
      // The norm has no derivative at 0; as in PyTorch, it counts as 0.
      const sizeWeight = size > 0 ? (lambda * 2 * gap) / size : 0;
      runner.run(
        'lossGradient',
        { p, t, errorWeight, sizeWeight, out: runner.target(gradient) },
        { items: count, nanoseconds: STREAM_NS, multiple: 4 },
      );
      runner.heap.floats(out, 1)[0] = ((1 - lambda) * errors) / count + lambda * gap * gap;
    });
  });
}

export function adamW(runner: Runner, parameters: readonly AdamWParameter[], options: AdamWOptions): void {
  const { betas, eps, gradientFactor = 1 } = options;
  for (const { value, gradient, moments } of parameters) runner.check(value, gradient, moments);
  const { counts, factors } = adamWFactors(parameters, options);
  const [factor = NaN] = typeof gradientFactor === 'number' ? [gradientFactor] : runner.read(gradientFactor);
  const [beta1, beta2] = betas;
  const shared = {
    ...factors,
    beta1,
    rest1: 1 - beta1,
    beta2,
    rest2: 1 - beta2,
    eps,
    gradientFactor: factor,
  };
  for (const [i, { value, gradient, moments }] of parameters.entries()) {
    const count = counts[i] ?? 0;
    const first = runner.target(moments);
    const places = { parameter: runner.target(value), gradient: runner.at(gradient) };
    runner.run(
      'adamW',
      { ...shared, ...places, first, second: first + 4 * count },
      { items: count, nanoseconds: 2 * STREAM_NS, multiple: 4 },
    );
  }
}

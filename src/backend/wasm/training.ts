import { adamWFactors, normMatchedLossSizes, reluGradientSizes, reluSizes } from '../checks/training';
import type { AdamWOptions, Moments, Tensor } from '../operations';
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

export function adamW(
  runner: Runner,
  parameter: Tensor,
  gradient: Tensor,
  moments: Moments,
  options: AdamWOptions,
): void {
  runner.check(parameter, gradient, moments.first, moments.second);
  const { count, ...factors } = adamWFactors(parameter, gradient, moments, options);
  const [beta1, beta2] = options.betas;
  runner.run(
    'adamW',
    {
      parameter: runner.target(parameter),
      gradient: runner.at(gradient),
      first: runner.target(moments.first),
      second: runner.target(moments.second),
      beta1,
      rest1: 1 - beta1,
      beta2,
      rest2: 1 - beta2,
      ...factors,
      eps: options.eps,
    },
    { items: count, nanoseconds: 2 * STREAM_NS, multiple: 4 },
  );
}

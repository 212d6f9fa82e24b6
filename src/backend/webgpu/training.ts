import { adamWFactors, normMatchedLossSizes, reluGradientSizes, reluSizes } from '../checks/training';
import type { AdamWOptions, AdamWParameter, Tensor } from '../operations';
import { workgroupGrid } from './grid';
import { forEachGroup, numbered, storageBuffers } from './tensor-groups';
import { withF32 } from './with-f32';
import type { Runner } from './runner';

export function relu(runner: Runner, x: Tensor): Tensor {
  const { count } = reluSizes(x);
  return rectify(runner, x, x, count, false);
}

export function reluGradient(runner: Runner, activation: Tensor, upstream: Tensor): Tensor {
  const { count } = reluGradientSizes(activation, upstream);
  return rectify(runner, upstream, activation, count, true);
}

function rectify(runner: Runner, x: Tensor, y: Tensor, count: number, backward: boolean): Tensor {
  return withF32(runner, [x, y], ([values, gates]) => {
    const out = runner.empty(x.shape, 'rectified');
    runner.run('relu', {
      tensors: { x: values, y: gates, out },
      constants: { BACKWARD: backward ? 1 : 0 },
      params: { count },
      groups: workgroupGrid(count / 256),
      work: count,
    });
    return out;
  });
}

export function normMatchedLoss(
  runner: Runner,
  prediction: Tensor,
  target: Tensor,
  lambda: number,
  gradient: Tensor,
): Tensor {
  const { count } = normMatchedLossSizes(prediction, target, lambda, gradient);
  return withF32(runner, [prediction, target], ([values, expected]) => {
    const out = runner.empty([1], 'loss');
    runner.run('norm_matched_loss', {
      tensors: { prediction: values, expected, gradient, out },
      params: { count, lambda },
      groups: [1, 1],
      // Counted 64-fold, because a single workgroup leaves most of a device idle.
      work: 64 * count,
    });
    return out;
  });
}

export function adamW(runner: Runner, parameters: readonly AdamWParameter[], options: AdamWOptions): void {
  const { betas, eps, gradientFactor = 1 } = options;
  const { counts, factors } = adamWFactors(parameters, options);
  const [beta1, beta2] = betas;
  const clip = typeof gradientFactor === 'number' ? undefined : gradientFactor;
  const shared = {
    decay: factors.decay,
    beta1,
    beta1_rest: 1 - beta1,
    beta2,
    beta2_rest: 1 - beta2,
    step_size: factors.stepSize,
    root_scale: factors.rootScale,
    eps,
    gradient_factor: typeof gradientFactor === 'number' ? gradientFactor : 1,
  };
  // Three buffers a tensor, and that of the factor.
  const most = Math.floor((storageBuffers(runner) - 1) / 3);
  forEachGroup(parameters, most, (group, first) => {
    const sizes = counts.slice(first, first + group.length);
    runner.run('adamw', {
      tensors: {
        ...(clip ? { clip } : {}),
        ...numbered(
          'gradient',
          group.map(({ gradient }) => gradient),
        ),
        ...numbered(
          'value',
          group.map(({ value }) => value),
        ),
        ...numbered(
          'moments',
          group.map(({ moments }) => moments),
        ),
      },
      params: { ...shared, ...numbered('count', sizes) },
      parameters: { TENSORS: group.length, CLIPPED: clip ? 1 : 0 },
      groups: workgroupGrid(Math.max(...sizes) / 256),
      work: 6 * sizes.reduce((sum, size) => sum + size, 0),
    });
  });
}

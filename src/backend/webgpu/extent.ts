import { extentSizes, maxAbsDifferenceSizes } from '../checks/matrix';
import type { Tensor } from '../operations';
import { workgroupGrid } from './grid';
import { withF32 } from './with-f32';
import type { Runner } from './runner';

export function extent(runner: Runner, x: Tensor): Tensor {
  const { count } = extentSizes(x);
  return withF32(runner, [x], ([values]) => {
    const groups = Math.min(256, Math.ceil(count / 2048));
    const partial = runner.empty([groups, 2], 'extents');
    runner.run('extent', {
      tensors: { x: values, out: partial },
      params: { count, stride: 1 },
      groups: [groups, 1],
      work: count,
    });
    const out = runner.empty([2], 'extent');
    runner.run('extent', {
      tensors: { x: partial, out },
      params: { count: groups, stride: 2 },
      groups: [1, 1],
      work: groups,
    });
    runner.free(partial);
    return out;
  });
}

export function maxAbsDifference(runner: Runner, x: Tensor, y: Tensor): Tensor {
  const { count } = maxAbsDifferenceSizes(x, y);
  return withF32(runner, [x, y], ([first, second]) => {
    const difference = runner.empty([count], 'absolute difference');
    runner.run('absolute_difference', {
      tensors: { x: first, y: second, out: difference },
      params: { count },
      groups: workgroupGrid(count / 256),
      work: count,
    });
    const range = extent(runner, difference);
    const largest = runner.empty([1], 'largest difference');
    runner.copy(range, 4, largest, 0, 4);
    runner.free(difference, range);
    return largest;
  });
}

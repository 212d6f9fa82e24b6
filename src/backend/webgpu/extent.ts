import { extentSizes, maxAbsDifferenceSizes } from '../checks/matrix';
import type { Tensor } from '../operations';
import { workgroupGrid } from './grid';
import { byParts } from './reductions';
import { withF32 } from './with-f32';
import type { Runner } from './runner';

export function extent(runner: Runner, x: Tensor): Tensor {
  const { count } = extentSizes(x);
  return withF32(runner, [x], ([values]) => {
    const parts = byParts(runner, count);
    const [groups] = parts.groups;
    const partial = runner.empty([groups, 2], 'extents');
    runner.run('extent', {
      ...parts,
      tensors: { x: values, out: partial },
      params: { count },
      work: count,
    });
    const rest = byParts(runner, groups, 1);
    const out = runner.empty([2], 'extent');
    runner.run('extent', {
      tensors: { x: partial, out },
      parameters: { ...rest.parameters, VECTOR: 0, PAIRS: 1 },
      params: { count: groups },
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

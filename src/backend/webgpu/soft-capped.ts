import type { Tensor } from '../operations';
import { EXP_WORK, workgroupGrid } from './grid';
import type { Runner } from './runner';
import { withF32 } from './with-f32';

/** Runs soft_cap.wgsl: forward on `x`, or backward on the derivative `x` by the result `y`. */
export function softCapped(
  runner: Runner,
  x: Tensor,
  y: Tensor,
  { count, cap, backward }: { count: number; cap: number; backward: boolean },
): Tensor {
  return withF32(runner, [x, y], ([values, capped]) => {
    const out = runner.empty(x.shape, 'capped');
    runner.run('soft_cap', {
      tensors: { x: values, y: capped, out },
      constants: { BACKWARD: backward ? 1 : 0 },
      params: { count, cap },
      groups: workgroupGrid(count / 256),
      work: count * EXP_WORK,
    });
    return out;
  });
}

import { copyRowsSizes } from '../checks/storage';
import type { Tensor } from '../operations';
import { workgroupGrid } from './grid';
import type { Runner } from './runner';

/** Copies by a kernel with vector loads, where `copyRows` leaves it to the device's own copy, which may be slower. */
export function copy(runner: Runner, source: Tensor, target: Tensor): void {
  const { rows, columns } = copyRowsSizes(source, target, 0);
  // Buffers are whole multiples of a vector.
  const count = Math.ceil((rows * columns) / 4);
  runner.run('copy', {
    tensors: { source, out: target },
    params: { count },
    groups: workgroupGrid(count / 256),
    work: count,
  });
}

import { copyRowsSizes } from '../checks/storage';
import type { Tensor } from '../operations';
import type { Runner } from './runner';
import { STREAM_NS } from './work-split';

/** Copies on all threads, where `copyRows` copies on this one. */
export function copy(runner: Runner, source: Tensor, target: Tensor): void {
  const { rows, columns } = copyRowsSizes(source, target, 0);
  const split = { items: rows * columns, nanoseconds: STREAM_NS, multiple: 4 };
  runner.run('scale', { x: runner.at(source), alpha: 1, out: runner.target(target) }, split);
}

import { BlockAssembly, isOutput } from '../assembly';
import { UpscaleError } from '../errors';
import { blockTensor } from '../block-tensor';
import type { MakeContext, Method } from './method';

const averaging = (id: 'average' | 'average:zero', title: string, zeroInit: boolean): Method => ({
  id,
  title,
  parents: 'pair',
  zeroInit,
  flow: undefined,
  description: 'Every tensor is the mean of the two neighbouring blocks, with no matching of neurons.',
  make: (context) => average(context, id),
});

/** Avg-DeUS as its authors released it (method.md 6.3): norms and output projections are averaged too. */
export const AVERAGE = averaging('average', 'Average of both neighbours (Avg-DeUS)', false);
/** The control the authors' comparison lacks: the same with the output projections zeroed. */
export const AVERAGE_ZERO = averaging('average:zero', 'Average of both neighbours, zeroed output', true);

function average(context: MakeContext, id: string): ReturnType<Method['make']> {
  const { previous, next, zeroInit, signal } = context;
  const assembly = new BlockAssembly(context, id);
  return assembly.build(async () => {
    if (!next)
      throw new UpscaleError(
        `${id}: expected a block after gap ${context.gap}, got none. Choose a lower gap.`,
      );
    let done = 0;
    for (const [key, tensor] of previous) {
      signal?.throwIfAborted();
      context.onTensor?.(key, done++ / previous.size);
      if (zeroInit && isOutput(key)) assembly.zero(key);
      else await assembly.average(key, tensor, blockTensor(next, key));
    }
  });
}

import { BlockAssembly } from '../block/assembly';
import { blockTensor, isOutput } from '../block/block-tensor';
import type { GapMethod, MakeContext } from '../contract/method';

const averaging = (id: 'average' | 'average:zero', title: string, zeroInit: boolean): GapMethod => ({
  id,
  title,
  trains: 'new',
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

function average(context: MakeContext, id: string): ReturnType<GapMethod['make']> {
  const { previous, zeroInit, signal } = context;
  const assembly = new BlockAssembly(context, id);
  return assembly.build(async () => {
    let done = 0;
    for (const [key, tensor] of previous) {
      signal?.throwIfAborted();
      context.onTensor?.(key, done++ / previous.size);
      if (zeroInit && isOutput(key)) assembly.zero(key);
      else await assembly.fuse(key, tensor, blockTensor(assembly.next, key));
    }
  });
}

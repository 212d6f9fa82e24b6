import { BlockAssembly } from '../block/assembly';
import { isOutput } from '../block/block-tensor';
import type { MakeContext } from '../contract/method';
import type { NewBlock } from '../block/new-block';

/** The previous block with everything that writes to the residual stream multiplied by `scale`; at 0 it is the identity. */
export function scaledBlock(context: MakeContext, method: string, scale: number): Promise<NewBlock> {
  const { backend, previous, signal } = context;
  const assembly = new BlockAssembly(context, method);
  return assembly.build(async () => {
    for (const [key, tensor] of previous) {
      signal?.throwIfAborted();
      if (!isOutput(key)) assembly.copy(key);
      else if (scale === 0) assembly.zero(key);
      else await assembly.computed(key, backend.weightedSum(tensor, scale));
    }
    await backend.settle();
  });
}

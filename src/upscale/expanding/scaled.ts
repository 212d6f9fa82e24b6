import type { BlockAssembly } from '../block/assembly';
import { isOutputProjection } from '../block/block-tensor';
import type { BlockContext } from '../contract/context';

/** Copies the previous block with its output projections multiplied by `scale`; scale 0 makes it the identity. */
export async function fillScaled(
  assembly: BlockAssembly,
  { backend, previous, signal }: BlockContext,
  scale: number,
): Promise<void> {
  for (const [key, tensor] of previous) {
    signal?.throwIfAborted();
    if (!isOutputProjection(key)) assembly.copy(key);
    else if (scale === 0) assembly.zero(key);
    else await assembly.addComputed(key, backend.weightedSum(tensor, scale));
  }
  await backend.settle();
}

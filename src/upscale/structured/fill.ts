/*
 * structured: the code of `opt-deus:structured`. It matches hidden units, heads and value dimensions (`match`, `units`) and
 * moves them (`move`, `attention`, `mlp`). `fill` makes the block; `problem` builds the transport problem of one tensor.
 * `activations` also uses the code that moves and solves head by head.
 */
import type { BlockAssembly } from '../block/assembly';
import { isNorm } from '../../llama/block';
import { blockTensor, isOutputProjection } from '../block/block-tensor';
import { isCompanionNorm } from '../block/companions';
import type { StructuredContext } from './unit-plan';
import { fuseAttention } from './attention';
import { fuseMlp } from './mlp';

/** Makes the new block of `opt-deus:structured`. @throws UpscaleError or TransportError; AbortError. */
export async function fillStructured(assembly: BlockAssembly, context: StructuredContext): Promise<void> {
  const { config, previous, zeroInit, signal } = context;
  const step = async (name: string, make: () => Promise<void>): Promise<void> => {
    signal?.throwIfAborted();
    try {
      await make();
    } catch (error) {
      throw assembly.failure(name, error);
    }
  };
  if (zeroInit) for (const key of [...previous.keys()].filter(isOutputProjection)) assembly.zero(key);
  for (const [key, gain] of previous)
    if (isNorm(key) && !isCompanionNorm(config, key))
      await assembly.fuse(key, gain, blockTensor(assembly.next, key));
  await step('self_attn', () => fuseAttention(context, assembly));
  await step('mlp', () => fuseMlp(context, assembly));
}

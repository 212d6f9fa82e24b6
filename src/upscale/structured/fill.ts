/*
 * structured: what `opt-deus:structured` does. Hidden units, heads and value dimensions are matched (`match`, `units`) and
 * moved (`blocks`, `attention`, `mlp`); `problem` shows one tensor's part of it. Here `fill` makes the block. Moving and
 * solving head by head serves `activations`, too.
 */
import type { BlockAssembly } from '../block/assembly';
import { blockTensor, isOutput } from '../block/block-tensor';
import type { StructuredContext } from './unit-plan';
import { fuseAttention } from './attention';
import { fuseMlp } from './mlp';

const NORMS = ['input_layernorm.weight', 'post_attention_layernorm.weight'];

/** Makes the new block of `opt-deus:structured`. @throws UpscaleError or TransportError; AbortError. */
export async function fillStructured(assembly: BlockAssembly, context: StructuredContext): Promise<void> {
  const { previous, zeroInit, signal } = context;
  const step = async (name: string, make: () => Promise<void>): Promise<void> => {
    signal?.throwIfAborted();
    try {
      await make();
    } catch (error) {
      throw assembly.failure(name, error);
    }
  };
  if (zeroInit) for (const key of [...previous.keys()].filter(isOutput)) assembly.zero(key);
  for (const key of NORMS)
    await assembly.fuse(key, blockTensor(previous, key), blockTensor(assembly.next, key));
  await step('self_attn', () => fuseAttention(context, assembly));
  await step('mlp', () => fuseMlp(context, assembly));
}

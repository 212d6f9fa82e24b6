import { BlockAssembly } from '../block/assembly';
import { blockTensor, isOutput } from '../block/block-tensor';
import type { MakeContext } from '../contract/method';
import type { NewBlock } from '../block/new-block';
import { fuseAttention } from './attention';
import { fuseMlp } from './mlp';

const NORMS = ['input_layernorm.weight', 'post_attention_layernorm.weight'];

/** The new block of `opt-deus:structured`; `id` names the method in errors. */
export function makeStructured(context: MakeContext, id: string): Promise<NewBlock> {
  const { previous, zeroInit, signal } = context;
  const assembly = new BlockAssembly(context, id);
  const step = async (name: string, make: () => Promise<void>): Promise<void> => {
    signal?.throwIfAborted();
    try {
      await make();
    } catch (error) {
      throw assembly.failure(name, error);
    }
  };
  return assembly.build(async () => {
    if (zeroInit) for (const key of [...previous.keys()].filter(isOutput)) assembly.zero(key);
    for (const key of NORMS)
      await assembly.fuse(key, blockTensor(previous, key), blockTensor(assembly.next, key));
    await step('self_attn', () => fuseAttention(context, assembly));
    await step('mlp', () => fuseMlp(context, assembly));
  });
}

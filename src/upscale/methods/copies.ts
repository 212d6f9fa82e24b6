import { BlockAssembly } from '../block/assembly';
import { isOutput } from '../block/block-tensor';
import type { MethodId } from '../../recipe/schema';
import type { GapMethod } from '../contract/method';

const copying = (id: MethodId, parent: 'previous' | 'next', title: string, zeroInit: boolean): GapMethod => ({
  id,
  title,
  trains: 'new',
  parents: parent === 'previous' ? 'previous' : 'pair',
  zeroInit,
  flow: undefined,
  description: `Every tensor is an exact copy of the ${parent} block.`,
  make(context) {
    const assembly = new BlockAssembly(context, id);
    return assembly.build(async () => {
      for (const key of context.previous.keys()) {
        context.signal?.throwIfAborted();
        if (context.zeroInit && isOutput(key)) assembly.zero(key);
        else assembly.copy(key, parent);
      }
      await context.backend.settle();
    });
  },
});

/** LLaMA-Pro block expansion (method.md 6.2): a copy of the previous block that starts as the identity. */
export const LLAMA_PRO = copying('llama-pro', 'previous', 'Copy of the previous block (LLaMA-Pro)', true);

/** The parents themselves, as controls: nothing is moved, mixed or rescaled. */
export const COPY_PREVIOUS = copying('copy-previous', 'previous', 'Copy of the previous block', false);
export const COPY_PREVIOUS_ZERO = copying(
  'copy-previous:zero',
  'previous',
  'Copy of the previous block, zeroed output',
  true,
);
export const COPY_NEXT = copying('copy-next', 'next', 'Copy of the next block', false);
export const COPY_NEXT_ZERO = copying(
  'copy-next:zero',
  'next',
  'Copy of the next block, zeroed output',
  true,
);

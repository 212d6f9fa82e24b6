import { BlockAssembly, isOutput } from '../assembly';
import type { Method } from './method';

/** LLaMA-Pro block expansion (method.md 6.2): a copy of the previous block that starts as the identity. */
export const LLAMA_PRO: Method = {
  id: 'llama-pro',
  title: 'Copy of the previous block (LLaMA-Pro)',
  parents: 'previous',
  zeroInit: true,
  flow: undefined,
  description: 'Every tensor is an exact copy of the previous block.',
  make(context) {
    const assembly = new BlockAssembly(context, this.id);
    return assembly.build(async () => {
      for (const key of context.previous.keys()) {
        context.signal?.throwIfAborted();
        if (context.zeroInit && isOutput(key)) assembly.zero(key);
        else assembly.copy(key);
      }
      await context.backend.settle();
    });
  },
};

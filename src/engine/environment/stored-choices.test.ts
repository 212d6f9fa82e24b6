import { describe, expect, it } from 'vitest';
import { MemoryByteStore } from './byte-store';
import { storedChoices } from './stored-choices';

describe('stored choices', () => {
  it('come back under their key only, whatever an adapter is called', async () => {
    const memory = storedChoices(new MemoryByteStore());
    const key = 'kernels 0.1.0 nvidia · ampere · NVIDIA: 580/159 “GPU”';
    expect(await memory.read(key)).toBeUndefined();
    await memory.write(key, '[1, “ü”]');
    await memory.write(`${key} 2`, '[]');
    expect(await memory.read(key)).toBe('[1, “ü”]');
  });

  it('are under a name that file systems take', async () => {
    const names: string[] = [];
    const store = new MemoryByteStore();
    store.read = async (name) => void names.push(name);
    await storedChoices(store).read(`a/b:c${'d'.repeat(400)}`);
    expect(names).toEqual([expect.stringMatching(/^[\w.-]{1,210}$/)]);
  });
});

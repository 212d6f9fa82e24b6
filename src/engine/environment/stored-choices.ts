import type { ChoiceMemory } from '../../backend/webgpu/products/choice';
import type { ByteStore } from './byte-store';

/** Keeps what a WebGPU backend measured about its adapter in a store, one entry for each adapter. */
export const storedChoices = (store: ByteStore): ChoiceMemory => ({
  async read(key) {
    const bytes = await store.read(entryName(key));
    return bytes && new TextDecoder().decode(bytes);
  },
  async write(key, text) {
    await store.write(entryName(key), new TextEncoder().encode(text));
  },
});

/** Names of entries are file names. */
const entryName = (key: string): string => `${key.replaceAll(/[^\w.]+/g, '-').slice(0, 200)}.json`;

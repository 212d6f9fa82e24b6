import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ChoiceMemory } from '../../backend/webgpu/products/choice';
import { writeWhole } from './write-whole';

/** Keeps what a WebGPU backend measured about its adapter in a file, by default in the user's cache folder. */
export function fileChoices(file = join(cacheFolder(), 'interlayer', 'kernels.json')): ChoiceMemory {
  const all = async (): Promise<Record<string, unknown>> => {
    try {
      const parsed: unknown = JSON.parse(new TextDecoder().decode(await readFile(file)));
      return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
    } catch {
      return {};
    }
  };
  return {
    async read(key) {
      const text = (await all())[key];
      return typeof text === 'string' ? text : undefined;
    },
    async write(key, text) {
      await mkdir(dirname(file), { recursive: true });
      await writeWhole(file, JSON.stringify({ ...(await all()), [key]: text }));
    },
  };
}

/** The user's cache folder. */
export const cacheFolder = (): string => process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');

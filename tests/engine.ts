import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { CpuBackend } from '../src/backend/cpu/backend';
import { DeviceLostError, NoAdapterError } from '../src/backend/errors';
import type { Backend } from '../src/backend/operations';
import { WasmBackend } from '../src/backend/wasm/backend';
import { MemoryFolders } from '../src/checkpoint/hub/testing-folders';
import { ZipSink } from '../src/checkpoint/sinks';
import { FolderFiles, FolderSink } from '../src/cli/folder';
import { Engine } from '../src/engine/engine';
import type { Environment } from '../src/engine/environment/environment';
import type { PlannedTensor } from '../src/engine/jobs';
import { DEFAULT_RECIPE, type Recipe } from '../src/recipe/schema';
import type { Digest, PlanOracle } from '../src/upscale/testing';
import { MemoryByteStore } from '../src/engine/environment/byte-store';

export const SHIPPED = fileURLToPath(new URL('../public/models/interlayer-fairy-1.7m', import.meta.url));

interface Variant {
  readonly tensors: Readonly<Record<string, Digest>>;
  readonly plans: Readonly<Record<PlannedTensor, PlanOracle>>;
}

/** The reference results that tests of the engine and the command line use. */
export interface Reference {
  readonly forward: { readonly ids: number[]; readonly nll: number[]; readonly mean_nll: number };
  readonly greedy: { readonly prompt: number[]; readonly continuation: number[] };
  readonly blocks: Readonly<Record<string, Readonly<Record<string, Variant>>>>;
  readonly arms: Readonly<Record<string, number>>;
}

export const reference = JSON.parse(
  readFileSync(new URL('fixtures/demo-model.json', import.meta.url), 'utf8'),
) as Reference;

/** Reads a shipped text by its file name. */
export const corpusText = (file: string): Promise<string> =>
  readFile(new URL(`../public/corpus/${file}`, import.meta.url), 'utf8');

/** Returns an environment with folders on disk and the CPU backend; `webgpu` opens its WebGPU backend (default: none). */
export function testEnvironment(webgpu?: () => Promise<Backend>): Environment {
  return {
    async openBackend(kind) {
      if (kind === 'cpu') return WasmBackend.open();
      if (webgpu) return webgpu();
      throw new NoAdapterError('expected an adapter, found none in this test');
    },
    files: (source) => new FolderFiles(source.kind === 'url' ? source.url : source.name),
    keptFolders: async () => new MemoryFolders(),
    byteStore: new MemoryByteStore(),
    text: (name) => corpusText(`${name}-heldout.txt`),
    async destination(place, name) {
      if (place.kind === 'folder') return { sink: new FolderSink(place.path) };
      const sink = new ZipSink(name);
      return { sink, blob: async () => sink.blob };
    },
  };
}

/** Returns an engine on the CPU with the shipped model open. */
export async function openShipped(environment = testEnvironment()): Promise<Engine> {
  const engine = new Engine(environment);
  await engine.run('start', { backend: 'auto' });
  await engine.run('open', { source: { kind: 'url', url: SHIPPED } });
  return engine;
}

export const recipeWith = (change: Partial<Recipe>): Recipe => ({ ...DEFAULT_RECIPE, ...change });

/** Operations that fail on a lost device; memory accounting and freeing still work. */
const SAFE: ReadonlySet<PropertyKey> = new Set(['info', 'memory', 'countAs', 'free', 'dispose']);

/**
 * Returns a CPU backend that reports itself as WebGPU. Operation `lostAt`, counted from 0, and all later ones fail as on a lost
 * device.
 */
export function losableBackend(
  lostAt = Infinity,
): Backend & { readonly operations: number; readonly disposed: boolean } {
  const inner = new CpuBackend();
  let operations = 0;
  let disposed = false;
  const info = { ...inner.info, kind: 'webgpu' as const };
  return new Proxy(inner, {
    get(target, property) {
      if (property === 'operations') return operations;
      if (property === 'disposed') return disposed;
      if (property === 'info') return info;
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        if (property === 'dispose') disposed = true;
        if (!SAFE.has(property) && operations++ >= lostAt) {
          const error = new DeviceLostError(`the device was lost at operation ${operations - 1}`);
          if (property === 'read' || property === 'settle') return Promise.reject(error);
          throw error;
        }
        return Reflect.apply(value, target, args);
      };
    },
  }) as unknown as Backend & { readonly operations: number; readonly disposed: boolean };
}

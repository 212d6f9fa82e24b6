import { includedFiles } from '../../wgsl-includes';
import { BackendError } from '../errors';
import { parseLayout, type KernelLayout } from './layout';

const files = import.meta.glob<string>('../../../shaders/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const sources = new Map(
  Object.entries(files).map(([path, text]) => [path.slice(path.lastIndexOf('/') + 1, -'.wgsl'.length), text]),
);

export interface Kernel {
  readonly name: string;
  /** Text of the kernel's file, followed by the files that its `@use` lines name. */
  readonly source: string;
  readonly layout: KernelLayout;
}

const kernels = new Map<string, Kernel>();

/** Returns the kernel of `shaders/<name>.wgsl`. @throws BackendError if there is no such file. */
export function kernel(name: string): Kernel {
  const known = kernels.get(name);
  if (known) return known;
  const own = file(name);
  const source = [own, ...includedFiles(own).map(file)].join('\n');
  const made = { name, source, layout: parseLayout(name, own) };
  kernels.set(name, made);
  return made;
}

/** Names of all kernels, without files that kernels only include. */
export const kernelNames = (): string[] =>
  [...sources.keys()].filter((name) => file(name).includes('@compute'));

function file(name: string): string {
  const text = sources.get(name);
  if (text === undefined) throw new BackendError(`no kernel file shaders/${name}.wgsl`);
  return text;
}

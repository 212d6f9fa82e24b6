import { includedFiles, writtenOut, type KernelParameters } from '../../wgsl';
import { BackendError } from '../errors';
import { parseLayout, type KernelLayout } from './layout';

// In a build, `bare` leaves out the comments (vite.config.ts).
const files = import.meta.glob<string>('../../../shaders/*.wgsl', {
  query: '?raw&bare',
  import: 'default',
  eager: true,
});
const sources = new Map(
  Object.entries(files).map(([path, text]) => [path.slice(path.lastIndexOf('/') + 1, -'.wgsl'.length), text]),
);

export interface Kernel {
  readonly name: string;
  /** Text of the kernel's file, followed by the files that its `@use` lines name, written out for its parameters. */
  readonly source: string;
  readonly layout: KernelLayout;
}

const kernels = new Map<string, Kernel>();

/**
 * Returns the kernel of `shaders/<name>.wgsl`, written out for these values of its parameters.
 * @throws BackendError if there is no such file.
 */
export function kernel(name: string, parameters: KernelParameters = {}): Kernel {
  const key = `${name} ${JSON.stringify(parameters)}`;
  const known = kernels.get(key);
  if (known) return known;
  const own = file(name);
  const source = writtenOut([own, ...includedFiles(own).map(file)].join('\n'), parameters);
  const made = { name, source, layout: parseLayout(name, source) };
  kernels.set(key, made);
  return made;
}

/** Names of all kernels, without files that kernels only include, which have no parameters. */
export const kernelNames = (): string[] =>
  [...sources.keys()].filter((name) => file(name).includes('struct Params'));

function file(name: string): string {
  const text = sources.get(name);
  if (text === undefined) throw new BackendError(`no kernel file shaders/${name}.wgsl`);
  return text;
}

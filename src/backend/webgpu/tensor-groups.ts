import type { Runner } from './runner';

/** Most tensors in one dispatch. More would make kernels long, and their numbers must have one digit. */
const MAX_TENSORS = 8;

/** Number of storage buffers that a kernel may bind. */
export const storageBuffers = ({ info }: Runner): number =>
  info.limits['maxStorageBuffersPerShaderStage'] ?? 8;

/** Calls `visit` with groups of at most `most` items, and with the index of the first of each. */
export function forEachGroup<T>(
  items: readonly T[],
  most: number,
  visit: (group: readonly T[], first: number) => void,
): void {
  const size = Math.min(MAX_TENSORS, most);
  for (let first = 0; first < items.length; first += size) visit(items.slice(first, first + size), first);
}

/** Names items as the kernels that repeat a line for each tensor do: `name_0`, `name_1`, … */
export const numbered = <T>(name: string, items: readonly T[]): Record<string, T> =>
  Object.fromEntries(items.map((item, i) => [`${name}_${i}`, item]));

import type { HostBlock, HostTensor } from '../../../tests/symmetry';
import type { Backend, Tensor } from '../../backend/operations';
import { elements } from '../../backend/shape';
import { type Block, blockShapes } from '../../llama/block';
import type { LlamaConfig } from '../../llama/config';
import { DEFAULT_RECIPE } from '../../recipe/schema';
import { normals } from '../../transport/random';
import { BlockAssembly } from '../block/assembly';
import type { BlockContext } from '../contract/context';
import type { PreparedMethod, GapMethod } from '../contract/method';
import type { NewBlock } from '../block/new-block';

/** For tests: blocks in host memory, and the block that a method makes of two of them. */

/** Standard normal values for every tensor of a block. */
export const randomBlock = (config: LlamaConfig, seed: number): HostBlock =>
  new Map(
    [...blockShapes(config)].map(([key, shape], i) => [
      key,
      { shape, values: normals(elements(shape), 100 * seed + i) },
    ]),
  );

export const uploadBlock = (backend: Backend, block: HostBlock): Block =>
  new Map([...block].map(([key, { shape, values }]) => [key, backend.upload(values, shape, 'f32', key)]));

export async function readBlock(backend: Backend, block: Block): Promise<HostBlock> {
  const read = new Map<string, HostTensor>();
  for (const [key, tensor] of block)
    read.set(key, { shape: tensor.shape, values: await backend.read(tensor) });
  return read;
}

/** Makes and reads the new block of two parents, by default without zeroing. Frees all tensors. */
export async function makeBlock(
  backend: Backend,
  config: LlamaConfig,
  method: GapMethod,
  parents: { previous: HostBlock; next: HostBlock },
  fields: Partial<BlockContext> = {},
): Promise<{ values: HostBlock; block: NewBlock }> {
  const previous = uploadBlock(backend, parents.previous);
  const next = uploadBlock(backend, parents.next);
  const zeros: Tensor[] = [];
  const { solver, cost, alpha, structured, seed } = DEFAULT_RECIPE;
  const unread = (): never => {
    throw new Error('a method of two parents reads no other block');
  };
  const context: BlockContext = {
    backend,
    config,
    previous,
    next,
    solver,
    cost,
    alpha,
    structured,
    seed,
    weights: { config, block: unread, release: unread },
    gap: 4,
    like: 4,
    previousIndex: 4,
    nextIndex: 5,
    zeroInit: false,
    allPlans: false,
    zeros: (shape) => {
      const tensor = backend.zeros(shape, 'zeros');
      zeros.push(tensor);
      return tensor;
    },
    ...fields,
  };
  let prepared: PreparedMethod | undefined;
  try {
    prepared =
      'prepare' in method ? await method.prepare(context) : { fill: method.fill, free: () => undefined };
    const { fill } = prepared;
    const block = await new BlockAssembly(context, method.id).build((assembly) => fill(assembly, context));
    const values = await readBlock(backend, await block.acquire());
    block.release();
    block.free();
    return { values, block };
  } finally {
    prepared?.free();
    backend.free(...zeros, ...previous.values(), ...next.values());
  }
}

/** ‖x − y‖ / ‖y‖ over all tensors of two blocks, or those whose key starts with `prefix`. */
export function relativeDistance(x: HostBlock, y: HostBlock, prefix = ''): number {
  let [difference, size] = [0, 0];
  for (const [key, { values }] of y) {
    if (!key.startsWith(prefix)) continue;
    const other = x.get(key)?.values;
    for (const [i, value] of values.entries()) {
      difference += ((other?.[i] ?? Number.NaN) - value) ** 2;
      size += value ** 2;
    }
  }
  return Math.sqrt(difference / size);
}

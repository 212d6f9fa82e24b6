import type { Backend, Tensor } from '../../backend/operations';
import { encode } from '../../checkpoint/dtype';
import { blockTensorName } from '../../llama/block';
import type { Scale } from '../../recipe/schema';
import type { BlockAssembly } from '../block/assembly';
import { isOutputProjection } from '../block/block-tensor';
import type { BlockContext } from '../contract/context';
import type { ExpandRecipe } from '../contract/recipe';
import { storedAs } from './stored-as';
import { filterFactor } from './filters';

/**
 * Copies base block `index` with its tensors multiplied as `scale` says. A number multiplies the output projections, so that 0
 * makes the block the identity; filters are tried on the whole names of the base's tensors, as mergekit does
 * (`arcee-ai/mergekit:mergekit/config.py`, `evaluate_setting`).
 */
export async function fillScaled(
  assembly: BlockAssembly,
  { backend, config, previous, previousIndex, signal }: BlockContext,
  scale: Scale,
  dtype: ExpandRecipe['dtype'],
): Promise<void> {
  for (const [key, tensor] of previous) {
    signal?.throwIfAborted();
    const factor =
      typeof scale !== 'number'
        ? filterFactor(scale, blockTensorName(config, previousIndex, key))
        : isOutputProjection(key)
          ? scale
          : 1;
    if (factor === 1) assembly.copy(key);
    else if (factor === 0) assembly.zero(key);
    else await assembly.addComputed(key, await multiplied(backend, tensor, factor, dtype));
  }
  await backend.settle();
}

/** Returns `factor` times a tensor that is rounded to `dtype` before, if there is one. The factor is in float32, as PyTorch's. */
async function multiplied(
  backend: Backend,
  tensor: Tensor,
  factor: number,
  dtype: ExpandRecipe['dtype'],
): Promise<Tensor> {
  if (dtype === null) return backend.weightedSum(tensor, Math.fround(factor));
  const values = Float32Array.from(await backend.read(tensor));
  const { name, device } = storedAs(dtype);
  const rounded = backend.upload(encode(values, name), tensor.shape, device, 'rounded');
  try {
    return backend.weightedSum(rounded, Math.fround(factor));
  } finally {
    backend.free(rounded);
  }
}

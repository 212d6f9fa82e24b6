import { decode, encode } from '../../checkpoint/dtype';
import type { OutTensor } from '../../checkpoint/write';
import { architectureOf, type LlamaConfig } from '../../llama/config';
import type { Recipe } from '../../recipe/schema';
import type { Expansion } from '../expanding/expansion';
import { storedAs } from '../expanding/stored-as';

/** dtypes that are numbers of weights; others are copied. */
const FLOATS: ReadonlySet<string> = new Set(['F32', 'F16', 'BF16']);

/**
 * Makes what a recipe changes in the tensors of its deeper checkpoint: copies outside the blocks are rounded to `dtype` and
 * multiplied by their factors, then every tensor is rounded (to nearest, ties to even) to `dtype` and stored in `outDtype`.
 */
export function recipeValues(
  tensors: readonly OutTensor[],
  { outer }: Pick<Expansion, 'outer'>,
  config: LlamaConfig,
  { dtype, outDtype }: Pick<Recipe, 'dtype' | 'outDtype'>,
): OutTensor[] {
  const { embedding, finalNorm, head } = architectureOf(config);
  const factors = new Map([
    [head, outer.head],
    [embedding, outer.embedding],
    [finalNorm, outer.finalNorm],
  ]);
  const steps = [dtype, outDtype].flatMap((step) => (step === null ? [] : [storedAs(step).name]));
  return tensors.map((tensor) =>
    steps.reduce(storedIn, scaled(tensor, factors.get(tensor.name) ?? 1, dtype)),
  );
}

function storedIn(tensor: OutTensor, to: string): OutTensor {
  const { dtype: from, data } = tensor;
  if (from === to || !FLOATS.has(from)) return tensor;
  const recode = (bytes: Uint8Array): Uint8Array => encode(decode(bytes, from), to);
  if (data) return { ...tensor, dtype: to, data: async () => recode(await data()) };
  return converted(tensor, to, recode);
}

/** Multiplies a copy, which is rounded to `dtype` before, in float32. What was trained has its factor already. */
function scaled(tensor: OutTensor, factor: number, dtype: Recipe['dtype']): OutTensor {
  if (factor === 1 || !tensor.copyOf) return tensor;
  const first = dtype === null ? tensor : storedIn(tensor, storedAs(dtype).name);
  const by = Math.fround(factor);
  return converted(first, 'F32', (bytes) =>
    encode(
      decode(bytes, first.dtype).map((x) => x * by),
      'F32',
    ),
  );
}

/** Returns a copy that `convert` is applied to, after what is applied to it already. */
function converted(tensor: OutTensor, dtype: string, convert: (bytes: Uint8Array) => Uint8Array): OutTensor {
  const { convert: before = (bytes) => bytes } = tensor;
  return { ...tensor, dtype, convert: (bytes) => convert(before(bytes)) };
}

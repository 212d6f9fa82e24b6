import { decode, encode } from '../../checkpoint/dtype';
import type { OutTensor } from '../../checkpoint/write';
import type { Recipe } from '../../recipe/schema';
import { storedAs } from '../expanding/stored-as';

/** dtypes that are numbers of weights; others are copied. */
const FLOATS: ReadonlySet<string> = new Set(['F32', 'F16', 'BF16']);

/** Rounds every tensor (to nearest, ties to even) to the recipe's `dtype`, and stores it in its `outDtype`. */
export function rounded(
  tensors: readonly OutTensor[],
  { dtype, outDtype }: Pick<Recipe, 'dtype' | 'outDtype'>,
): OutTensor[] {
  const steps = [dtype, outDtype].flatMap((step) => (step === null ? [] : [storedAs(step).name]));
  return steps.reduce<OutTensor[]>((list, to) => list.map((tensor) => storedIn(tensor, to)), [...tensors]);
}

function storedIn(tensor: OutTensor, to: string): OutTensor {
  const { dtype: from, data } = tensor;
  if (from === to || !FLOATS.has(from)) return tensor;
  const recode = (bytes: Uint8Array): Uint8Array => encode(decode(bytes, from), to);
  if (data) return { ...tensor, dtype: to, data: async () => recode(await data()) };
  return converted(tensor, to, recode);
}

/** Returns a copy that `convert` is applied to, after what is applied to it already. */
function converted(tensor: OutTensor, dtype: string, convert: (bytes: Uint8Array) => Uint8Array): OutTensor {
  const { convert: before = (bytes) => bytes } = tensor;
  return { ...tensor, dtype, convert: (bytes) => convert(before(bytes)) };
}

/** Multiplies a copied tensor, which is rounded to `dtype` before, by a factor in float32. The result is float32. */
export function scaledCopy(tensor: OutTensor, factor: number, dtype: Recipe['dtype']): OutTensor {
  const first = dtype === null ? tensor : storedIn(tensor, storedAs(dtype).name);
  const by = Math.fround(factor);
  return converted(first, 'F32', (bytes) =>
    encode(
      decode(bytes, first.dtype).map((x) => x * by),
      'F32',
    ),
  );
}

import type { AlignResult, ModelInfo } from '../../engine/jobs';
import { headCount } from '../store/derived/part';
import { TENSOR_INFO } from '../words/tensors';
import { TENSORS } from '../../recipe/view';

/** How much of the structure of heads the best partners of a plan's rows respect; undefined for a tensor without heads. */
export function headReading(result: AlignResult, info: ModelInfo) {
  const tensor = TENSORS.find((name) => TENSOR_INFO[name].fullName === result.tensor);
  const heads = tensor === undefined ? 0 : headCount(tensor, info);
  const { headDim } = info;
  if (heads === 0 || result.rows !== heads * headDim) return undefined;
  const headOf = (row: number) => Math.floor((result.argmax[row] ?? 0) / headDim);
  const placeOf = (row: number) => (result.argmax[row] ?? 0) % headDim;
  const range = (count: number) => Array.from({ length: count }, (_, at) => at);
  const kept = range(heads).filter((head) =>
    range(headDim).every((at) => headOf(head * headDim + at) === headOf(head * headDim)),
  );
  const half = headDim / 2;
  const pairs = range(heads).flatMap((head) => range(half).map((at) => head * headDim + at));
  const keptPairs = pairs.filter(
    (row) => headOf(row) === headOf(row + half) && Math.abs(placeOf(row) - placeOf(row + half)) === half,
  );
  const rotary = tensor === 'v' ? undefined : { pairs: pairs.length, pairsKept: keptPairs.length };
  return { heads, headsKept: kept.length, ...rotary };
}

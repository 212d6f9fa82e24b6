import { methodWords } from '../methods';
import { quantity } from '../numbers';
import { shownHalfStep } from '../store/align';
import { useAppState } from '../store/app';
import { shownOrder } from '../store/wanted-picture';
import { TENSOR_WORDS } from '../tensors';

/** One sentence on what rows and columns are, and one on what the picture says. */
export function Caption() {
  const subject = useAppState((state) => state.align.subject);
  const result = useAppState((state) => state.align.result);
  const matched = useAppState((state) => shownOrder(state) !== undefined);
  const atEnd = useAppState((state) => shownHalfStep(state) === state.align.result?.halfSteps);
  const parents = useAppState(({ recipe, align }) => recipe.current.parents[align.subject?.gap ?? -1]);
  if (subject === undefined) return null;
  const { gap, tensor, rows } = subject;
  const { row } = TENSOR_WORDS[tensor];
  const method = methodWords(result?.method ?? subject.method);
  return (
    <>
      Each row is {row} of block {parents?.[0] ?? gap}, each column one of block {parents?.[1] ?? gap + 1}
      {matched ? ', sorted by best match' : ', in the checkpoint’s order'}. {rows} of each
      {result === undefined ? (
        '.'
      ) : result.plan === 'entropic' ? (
        <>
          {atEnd ? '; on average each spreads over ' : '; in the end each will spread over '}
          <b>{quantity(result.planPerplexity, 3)}</b> partners
          {result.planPerplexity > 0.9 * rows && ': the plan is all but uniform and pairs nothing'}.
        </>
      ) : result.plan === 'permutation' ? (
        <>, paired one to one at a mean cost of {quantity(result.exactCost ?? result.transportCost, 4)}.</>
      ) : (
        <>. {method.title}: no plan of this tensor.</>
      )}
    </>
  );
}

import { Term } from '../../glossary/term';
import { comparesActivations, methodInfo } from '../../methods/methods';
import { featureTextTitle } from '../../store/derived/evaluation';
import { shownHalfStep } from '../../store/derived/half-step';
import { partCount } from '../../store/derived/part';
import { shownOrder } from '../../store/derived/requested-picture';
import { useAppState } from '../../store/use-app';
import { columnWords } from '../../words/against';
import { quantity } from '../../words/numbers';
import { TENSOR_INFO } from '../../words/tensors';
import { NullNote } from './null-note';

const ORDER_WORDS = {
  index: ', by index',
  matched: ', sorted by match',
  cluster: ', similar ones side by side',
  norm: ', longest weights first',
} as const;

/** One sentence on rows and columns, and one on what the picture shows. */
export function Caption() {
  const subject = useAppState((state) => state.align.subject);
  const result = useAppState((state) => state.align.result);
  const order = useAppState((state) => (shownOrder(state) === undefined ? 'index' : state.view.order));
  const atEnd = useAppState((state) => shownHalfStep(state) === state.align.result?.halfSteps);
  const byHead = useAppState((state) => partCount(state) > 0);
  const parents = useAppState(({ recipe, align }) => recipe.current.parents[align.subject?.gap ?? -1]);
  const recipe = useAppState((state) => state.recipe.current);
  if (subject === undefined) return null;
  const { gap, tensor, rows, part, against } = subject;
  const blocks = parents ?? [gap, gap + 1];
  const { row } = TENSOR_INFO[tensor];
  const head = part === null ? '' : ` (its head ${part})`;
  const uniform = result !== undefined && result.planPerplexity > 0.9 * rows;
  const method = methodInfo(result?.method ?? subject.method);
  return (
    <>
      Each row is <Term id="neuron">{row}</Term> of block {blocks[0]}
      {part !== null && ' (the head matched to it)'}, each column one of {columnWords(against, blocks)}
      {head}
      {ORDER_WORDS[order]}. {rows} of each
      {result === undefined ? (
        '.'
      ) : result.plan === 'entropic' ? (
        <>
          {atEnd ? '; each spreads over ' : '; in the end each spreads over '}
          <b>{quantity(result.planPerplexity, 3)}</b>{' '}
          <Term id="plan-perplexity" after={uniform ? ':' : '.'}>
            partners
          </Term>
          {uniform && ' the plan is all but uniform and pairs nothing.'}
        </>
      ) : result.plan === 'permutation' ? (
        <>
          , <Term id="assignment">paired one to one</Term> at a mean cost of{' '}
          {quantity(result.exactCost ?? result.transportCost, 4)}.
        </>
      ) : (
        <>
          . {method.title}:{' '}
          {byHead
            ? 'every head has a plan of its own; choose one above to see it.'
            : 'no plan of this tensor.'}
        </>
      )}
      <NullNote />
      {comparesActivations(recipe) && (
        <>
          {' '}
          Compared are activations on the last {recipe.cost.tokens} tokens of{' '}
          {featureTextTitle(recipe.cost.text)}
          {recipe.cost.metric === 'method' || recipe.cost.metric === 'cosine'
            ? ': the cost is 1 − their correlation.'
            : ', centred and at unit length.'}
        </>
      )}
    </>
  );
}

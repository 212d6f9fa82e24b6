import type { AlignResult, Picture, Strongest } from '../../../engine/jobs';
import { visibleRegion } from '../../drawing/window';
import { methodInfo } from '../../methods/methods';
import { gapName } from '../../methods/block-names';
import { pointAt } from '../../store/align/curves';
import type { AppState } from '../../store/app';
import { shownHalfStep } from '../../store/derived/half-step';
import { shownNull } from '../../store/derived/null';
import { secondChoice } from '../../store/derived/second';
import { sharpnessOf } from '../../store/derived/solve';
import { shownOrder } from '../../store/derived/requested-picture';
import type { AlignSubject } from '../../store/state/align';
import { againstWords, columnWords } from '../../words/against';
import { count, fixed, quantity } from '../../words/numbers';
import { ANY_DIAGONAL, nullSentence } from '../../words/null';
import { TENSOR_INFO } from '../../words/tensors';

/** Sentences that describe a picture, for screen readers and captions. */
export interface PictureWords {
  /** What rows and columns are, and their order. */
  readonly what: string;
  /** Size of the matrix, and the window. */
  readonly size: string;
  /** How sharp the plan is; empty without a plan. */
  readonly sharpness: string;
  /** What of the plan is alignment, or before that is measured, that a sorted diagonal says nothing of it. */
  readonly excess: string;
  readonly range: string;
}

/** The picture of a pane and its subject. */
interface Shown {
  readonly picture: Picture;
  readonly subject: AlignSubject;
}

const KIND_WORDS = {
  cost: 'Cost',
  plan: 'Transport plan',
  permutation: 'Exact assignment',
  difference: 'Difference of two plans',
} as const;

const ORDER_WORDS = {
  index: 'in the checkpoint’s order',
  matched: 'with matched pairs on the diagonal, the surest first',
  cluster: 'with similar neurons side by side',
  norm: 'by falling length of their weights',
} as const;

/** The block numbers of a gap's parents. */
export function parentsOf(state: AppState, gap: number): readonly [number, number] {
  return state.recipe.current.parents[gap] ?? [gap, gap + 1];
}

/** Lists where the second picture's choices differ from the first's, such as `ε 0.2`. */
function secondDifference(state: AppState): string {
  const choice = secondChoice(state);
  const { info } = state.model;
  if (choice === undefined || info === undefined) return 'the second';
  const first = state.recipe.current;
  const parts = [
    choice.recipe.method === first.method ? '' : methodInfo(choice.recipe.method).title,
    choice.recipe.solver.epsilon === first.solver.epsilon
      ? ''
      : `ε ${quantity(choice.recipe.solver.epsilon, 3)}`,
    choice.gap === state.align.subject?.gap ? '' : `gap ${gapName(choice.gap, info.layers)}`,
    choice.tensor === state.view.tensor ? '' : choice.tensor,
    choice.against.kind === state.view.against.kind
      ? ''
      : `what it is aligned with (${againstWords(choice.against) || 'the next block'})`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

/** The picture to describe: the first, if it is on show. */
export function describedPicture(state: AppState): Shown | undefined {
  const { panes } = state.view;
  const pane =
    panes === 'difference' ? state.differencePicture : panes === 'b' ? state.secondPicture : state.picture;
  return pane.shown;
}

/** Sharpness of the plan after the half-step on show; empty if it is not known. */
function sharpnessWords(state: AppState, result: AlignResult): string {
  if (result.plan === 'permutation')
    return `Paired one to one at a mean cost of ${quantity(result.exactCost ?? result.transportCost)}.`;
  if (result.plan === 'none') return `${methodInfo(result.method).title} has no plan of this tensor.`;
  const at = shownHalfStep(state);
  const perplexity = at === result.halfSteps ? result.planPerplexity : pointAt(state, at)?.planPerplexity;
  const step = `half-step ${at} of ${result.halfSteps}`;
  if (perplexity === undefined || !Number.isFinite(perplexity)) return `At ${step}.`;
  const sharp = fixed(sharpnessOf(perplexity, result.columns), 2);
  const uniform = perplexity > 0.9 * result.columns ? ' It is all but uniform and pairs nothing.' : '';
  return `At ${step} a row spreads over ${quantity(perplexity, 3)} of ${count(result.columns)} partners on average: sharpness ${sharp}, where 1 is one partner each.${uniform}`;
}

/** Describes a picture of the stage in sentences. */
export function pictureWords(state: AppState, { picture, subject }: Shown): PictureWords {
  const { view, align } = state;
  const { kind } = picture;
  const blocks = parentsOf(state, subject.gap);
  const row = TENSOR_INFO[subject.tensor].row;
  const order = shownOrder(state) === undefined ? 'index' : view.order;
  const minus = kind === 'difference' ? ` (A − B; B differs in ${secondDifference(state)})` : '';
  const pair =
    view.panes === 'both'
      ? ` B beside it differs in ${secondDifference(state)}.`
      : view.panes === 'b'
        ? ` It is B, which differs from A in ${secondDifference(state)}.`
        : '';
  const what = `${KIND_WORDS[kind]}${minus} of ${subject.tensor}: each row is ${row} of block ${blocks[0]}, each column one of ${columnWords(subject.against, blocks)}, ${ORDER_WORDS[order]}.${pair}`;
  const region = visibleRegion(view.window, subject);
  const places = ({ start, end }: { start: number; end: number }) =>
    `${count(Math.floor(start))} to ${count(Math.ceil(end) - 1)}`;
  const inSight =
    view.window === null
      ? ''
      : ` In sight are rows ${places(region.rows)} and columns ${places(region.columns)}.`;
  const pooled =
    picture.width < subject.columns || picture.height < subject.rows
      ? ` One pixel stands for several cells and shows their ${view.pooling === 'mean' ? 'mean' : 'largest'}.`
      : '';
  const size = `${count(subject.rows)} rows by ${count(subject.columns)} columns.${inSight}${pooled}`;
  const { result } = align;
  const own = result !== undefined && result.key === picture.key;
  const unit = kind === 'cost' ? 'Distances' : kind === 'difference' ? 'Differences of n·T' : 'Masses n·T';
  return {
    what,
    size,
    sharpness: own ? sharpnessWords(state, result) : '',
    excess: own
      ? nullSentence(shownNull(state)) || (order === 'matched' && kind !== 'cost' ? ANY_DIAGONAL : '')
      : '',
    range:
      kind === 'permutation'
        ? 'A cell is 1 where its row and column are assigned to each other, else 0.'
        : `${unit} go from ${quantity(picture.low, 3)} to ${quantity(picture.high, 3)}.`,
  };
}

/** Lists the strongest pairs, largest first. @param masses true if values are masses, false if costs. */
export function strongestWords({ rows, columns, values }: Strongest, masses: boolean): string {
  const pairs = [...rows].map(
    (row, i) => `${row} with ${columns[i] ?? 0} (${quantity(values[i] ?? Number.NaN, 2)})`,
  );
  if (pairs.length === 0) return '';
  return `${masses ? 'Strongest' : 'Nearest'} pairs, row with column: ${pairs.join(', ')}.`;
}

import { NEXT } from '../../../recipe/against';
import { encodeLink } from '../../../recipe/link';
import type { FigureText } from '../../figure/figure';
import { methodInfo, planOf } from '../../methods/methods';
import { gapName } from '../../methods/block-names';
import { recipeGaps } from '../../methods/gaps';
import { hasZeroStart } from '../../methods/zero-start';
import type { AppState } from '../../store/app';
import { textTitle } from '../../store/derived/evaluation';
import { shownHalfStep } from '../../store/derived/half-step';
import { shownNull } from '../../store/derived/null';
import { MEASURE_LABELS, groupsOf } from '../../store/derived/layer-measures';
import { layersOf } from '../../store/derived/layers';
import { againstWords, columnWords } from '../../words/against';
import { nullSentence } from '../../words/null';
import { exponent, quantity } from '../../words/numbers';
import { TENSOR_INFO } from '../../words/tensors';
import { describedPicture, parentsOf, pictureWords } from '../picture/picture-words';

/** Kinds of figures that can be saved. */
export const FIGURES = ['picture', 'ribbons', 'curves', 'tower'] as const;
export type FigureKind = (typeof FIGURES)[number];

/** One line that says how a figure was made: model, method, gaps, solve, seed and backend. */
export function recipeLine(state: AppState): string {
  const { recipe, model, backend, align } = state;
  const current = recipe.current;
  const layers = model.info?.layers ?? 0;
  const gaps = recipeGaps(current, layers).map((gap) => gapName(gap, layers));
  const { result, subject } = align;
  const solved =
    result?.plan === 'entropic'
      ? `ε ${quantity(result.epsilon, 3)}, half-step ${shownHalfStep(state)} of ${result.halfSteps}, marginal error ${result.marginalError === 0 ? '0' : exponent(result.marginalError)}`
      : planOf(current) === 'permutation'
        ? 'exact assignment'
        : '';
  return [
    model.info?.name ?? '',
    `${methodInfo(current.method).title} (${current.method})`,
    subject && `${TENSOR_INFO[subject.tensor].fullName} in gap ${gapName(subject.gap, layers)}`,
    gaps.length > 0 ? `new blocks in gaps ${gaps.join(', ')}` : '',
    solved,
    `seed ${current.seed}`,
    backend.summary?.description ?? '',
    'made with Interlayer',
  ]
    .filter((part) => part !== undefined && part !== '')
    .join(' · ');
}

const joined = (...sentences: readonly string[]): string => sentences.filter(Boolean).join(' ');

function captionOf(state: AppState, kind: FigureKind): { title: string; caption: string } {
  const { subject, result } = state.align;
  const tensor = subject?.tensor ?? state.view.tensor;
  const gap = subject?.gap ?? 0;
  const against = subject?.against ?? NEXT;
  const place = gapName(gap, state.model.info?.layers ?? 0);
  const [previous, next] = parentsOf(state, gap);
  switch (kind) {
    case 'picture': {
      const shown = describedPicture(state);
      const words = shown && pictureWords(state, shown);
      return {
        title: joined(
          `${shown?.picture.kind ?? 'picture'} ${tensor} gap ${place}`,
          againstWords(shown?.subject.against ?? NEXT),
        ),
        caption: words ? joined(words.what, words.size, words.sharpness, words.excess) : '',
      };
    }
    case 'ribbons': {
      const count = state.ribbons.shown?.strongest.values.length ?? 0;
      const measured = result?.plan === 'none' ? 'nearest' : 'strongest';
      return {
        title: joined(`ribbons ${tensor} gap ${place}`, againstWords(against)),
        caption: joined(
          `The ${count} ${measured} pairs of ${tensor}: ${TENSOR_INFO[tensor].row} of block ${previous} on the left, of ${columnWords(against, [previous, next])} on the right.`,
          result?.plan === 'none'
            ? 'Brighter is nearer.'
            : 'Width and colour are the mass n·T that the plan moves.',
          nullSentence(shownNull(state)),
        ),
      };
    }
    case 'curves':
      return {
        title: joined(`solve ${tensor} gap ${place}`, againstWords(against)),
        caption: joined(
          `How the plan of ${tensor} between block ${previous} and ${columnWords(against, [previous, next])} formed: error of the column marginal, transport cost and plan perplexity after every half-step.`,
          `${result?.converged ? 'It converged' : 'It was stopped'} after ${result?.halfSteps ?? 0} half-steps.`,
          nullSentence(shownNull(state)),
        ),
      };
    case 'tower': {
      const { measure } = state.view;
      const { title, ofTensor } = MEASURE_LABELS[measure];
      const sample = layersOf(state, groupsOf(measure))?.sample?.tokens;
      const on =
        sample === undefined || ofTensor ? '' : ` On the first ${sample} tokens of “${textTitle(state)}”.`;
      return {
        title: `tower ${MEASURE_LABELS[measure].label}`,
        caption: `The blocks of the deeper model, top first; new ones are orange${hasZeroStart(state.recipe.current) ? ' and start at zero' : ''}. ${title}.${on}`,
      };
    }
  }
}

/** All text of a figure: title, caption, recipe and link. */
export function figureWords(state: AppState, kind: FigureKind): FigureText {
  const recipe = state.recipe.current;
  return {
    ...captionOf(state, kind),
    experiment: recipeLine(state),
    recipe: JSON.stringify(recipe),
    link: `#${encodeLink({ recipe, view: state.view })}`,
  };
}

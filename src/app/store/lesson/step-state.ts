import { METHOD_IDS } from '../../../engine/methods';
import { DEFAULT_LINK, decodeLink, type LinkState } from '../../../recipe/link';

/** Parts of the view that belong to the neurons on show, and are reset when others come. */
const NEURONS = { cell: null, halfStep: null, part: null, window: null } as const;

/** Returns the state with a fragment applied. The model and the lesson stay as they are. */
export function withFragment(state: LinkState, fragment: string): LinkState {
  const { recipe, view } = decodeLink(fragment, METHOD_IDS, state).state;
  const moved = view.gap !== state.view.gap || view.tensor !== state.view.tensor;
  const named = new Set(new URLSearchParams(fragment).keys());
  const reset = moved && !named.has('cell') && !named.has('window') ? NEURONS : {};
  const { lesson, step } = state.view;
  return { recipe: { ...recipe, model: state.recipe.model }, view: { ...view, ...reset, lesson, step } };
}

/** What is read of a lesson to set its states. */
export interface LessonStates {
  readonly state?: string;
  readonly steps: readonly { readonly state?: string; readonly show?: { readonly state?: string } }[];
}

/**
 * Returns the state that a step begins with, as if every step before it had been done as Show me does it.
 * @param done true: that step as well.
 */
export function stateAt(
  lesson: LessonStates,
  index: number,
  { recipe, view }: LinkState,
  done = false,
): LinkState {
  const begin: LinkState = {
    recipe: { ...DEFAULT_LINK.recipe, model: recipe.model },
    view: {
      ...DEFAULT_LINK.view,
      lesson: view.lesson,
      step: view.step,
      // A teacher's link may hide controls for a whole lesson.
      hide: view.hide,
      presenter: view.presenter,
    },
  };
  const before = lesson.steps.slice(0, index).flatMap(({ state, show }) => [state, show?.state]);
  const step = lesson.steps[index];
  return [lesson.state, ...before, step?.state, done ? step?.show?.state : undefined]
    .filter((fragment) => fragment !== undefined)
    .reduce(withFragment, begin);
}

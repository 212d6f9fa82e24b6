import { METHOD_IDS } from '../../../engine/methods';
import { decodeLink, encodeLink, type LinkState } from '../../../recipe/link';
import type { Store } from '../core/store';
import { patch } from '../core/store';
import type { WithLesson } from '../state/lesson';
import type { WithModel } from '../state/model';
import type { WithNotices } from '../state/notices';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';
import type { ModelActions } from './model';
import { SHIPPED_NAME } from './model';
import { notify } from './notices';

type Needs = WithModel & WithRecipe & WithView & WithNotices & WithLesson;

/** The fragment of the page's address; tests pass their own. */
export interface Address {
  read(): string;
  replace(fragment: string): void;
}

const WRITE_DELAY_MS = 250;

/** Synchronises recipe and view with the address, both ways. */
export function createLink(store: Store<Needs>, model: ModelActions, address: Address) {
  let timer: ReturnType<typeof setTimeout> | undefined;

  function current(): string {
    const { recipe, view } = store.getState();
    return encodeLink({ recipe: recipe.current, view });
  }

  /** Applies the state of the address; a lesson that it names begins, and one that it does not name ends. */
  async function restore(): Promise<void> {
    const fragment = address.read();
    const { state, problems } = decodeLink(fragment, METHOD_IDS);
    for (const { field, message } of problems)
      notify(store, 'error', `The link’s field “${field}” was ignored`, message);
    const { lesson, step } = state.view;
    if (lesson !== null || store.getState().lesson.phase !== 'closed') {
      const fields = [...new URLSearchParams(fragment.replace(/^#/, '')).keys()];
      const rest = fields.some((field) => field !== 'lesson' && field !== 'lesson-step');
      const asked = {
        name: lesson,
        ...(fields.includes('lesson-step') ? { step: step - 1 } : {}),
        ...(rest || lesson === null ? { state: fragment } : {}),
      };
      patch(store, 'lesson', { asked });
      return;
    }
    await apply(state);
  }

  /** Sets recipe and view, and opens the recipe's model if another one is open. */
  async function apply(state: LinkState): Promise<void> {
    const wanted = state.recipe.model;
    const before = store.getState();
    const open = before.model.info === undefined ? undefined : before.recipe.current.model;
    const same = open !== undefined && JSON.stringify(open) === JSON.stringify(wanted);
    store.setState({
      recipe: { current: { ...state.recipe, model: open ?? wanted }, past: [], future: [] },
      view: state.view,
    });
    if (same) return;
    if (wanted.kind === 'url' && (await model.openUrl(wanted.url))) return;
    if (wanted.kind === 'hub' && (await model.openHub(wanted))) return;
    if (wanted.kind === 'local') {
      const text = `It was made with “${wanted.name}” from a local folder, and a link cannot carry files. ${SHIPPED_NAME} is open instead; drop the folder here to go on.`;
      notify(store, 'info', 'The link’s model is not here', text);
    }
    await model.openShipped();
  }

  store.subscribe(
    ({ recipe, view }) => `${JSON.stringify(recipe.current)}${JSON.stringify(view)}`,
    () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        // Until a model is open, the address must keep the model to open.
        if (store.getState().model.info !== undefined) address.replace(current());
      }, WRITE_DELAY_MS);
    },
  );

  return {
    restore,
    apply,
    current,
  };
}

import { METHOD_IDS } from '../../../engine/methods';
import { decodeLink, encodeLink, type LinkState } from '../../../recipe/link';
import type { ModelSource, Recipe } from '../../../recipe/schema';
import type { Store } from '../core/store';
import { patch } from '../core/store';
import type { WithDialog } from '../state/dialog';
import type { WithHub } from '../state/hub';
import type { WithLesson } from '../state/lesson';
import type { WithModel } from '../state/model';
import type { WithNotices } from '../state/notices';
import type { RecipeState, WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';
import type { ModelActions } from './model';
import { SHIPPED_NAME } from './model';
import { notify } from './notices';

type Needs = WithModel & WithRecipe & WithView & WithNotices & WithLesson & WithHub & WithDialog;

/** The fragment of the page's address, in the browser's history; tests pass their own. */
export interface Address {
  read(): string;
  /** True if the history's present entry was written by the page, and not by a link that somebody followed. */
  isOwn(): boolean;
  /** Changes the history's present entry. */
  replace(fragment: string): void;
  /** Adds an entry to the history, to which Back returns from later ones. */
  push(fragment: string): void;
}

const WRITE_DELAY_MS = 250;

/**
 * Where somebody is: Back and Forward go from place to place. A lesson is one place; else model and tab are. Everything else
 * of recipe and view (sliders, cells, windows) changes within a place.
 */
function placeOf({ recipe, view }: LinkState): string {
  return view.lesson === null ? `${view.tab} ${JSON.stringify(recipe.model)}` : `lesson ${view.lesson}`;
}

const sameModel = (a: ModelSource, b: ModelSource): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A model that is far away: what is read of it costs time and data, and its server learns of it. */
type FarModel = Extract<ModelSource, { kind: 'url' | 'hub' }>;
const isFar = (model: ModelSource): model is FarModel => model.kind === 'url' || model.kind === 'hub';

const alone = (current: Recipe): RecipeState => ({ current, past: [], future: [] });

/** Makes a recipe the current one, as a step that can be undone. */
function changed(before: RecipeState, current: Recipe): RecipeState {
  if (JSON.stringify(before.current) === JSON.stringify(current)) return before;
  return { current, past: [...before.past, { recipe: before.current }], future: [] };
}

/** Synchronises recipe and view with the address, both ways. */
export function createLink(store: Store<Needs>, model: ModelActions, address: Address) {
  /** A lesson keeps what is hidden, so this does not wait for it; nor for the model, so that nothing is seen that is hidden. */
  const arrange = ({ view: { hide, presenter } }: LinkState) => patch(store, 'view', { hide, presenter });
  arrange(decodeLink(address.read(), METHOD_IDS).state);

  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The fragment as it was last read or written. Another one is a link that was followed, whose event is still to come. */
  let seen = address.read();
  /** Changes on their way whose steps are not written. */
  let held = 0;
  /** The place of the history's present entry; undefined until the first is known. */
  let entry: string | undefined;
  /** The last state in that place, if it is not written yet. */
  let unwritten: LinkState | undefined;
  /** Models that were opened in this tab. Any other waits until the person opens it: a link or a lesson must not begin a download. */
  const known = new Set<string>();
  /** What a link shows with the model that the person is asked about. */
  let asked: LinkState | undefined;

  function present(): LinkState {
    const { recipe, view } = store.getState();
    return { recipe: recipe.current, view };
  }

  const current = (): string => encodeLink(present());

  /** Applies the state of the address; a lesson that it names begins, and one that it does not name ends. */
  async function restore(): Promise<void> {
    const fragment = address.read();
    seen = fragment;
    const { state, problems } = decodeLink(fragment, METHOD_IDS);
    entry = placeOf(state);
    unwritten = undefined;
    if (address.isOwn()) known.add(JSON.stringify(state.recipe.model));
    for (const { field, message } of problems)
      notify(store, 'error', `The link’s field “${field}” was ignored`, message);
    arrange(state);
    const { lesson, step } = state.view;
    if (lesson !== null || store.getState().lesson.phase !== 'closed') {
      const fields = [...new URLSearchParams(fragment.replace(/^#/, '')).keys()];
      const rest = fields.some((field) => field !== 'lesson' && field !== 'lesson-step');
      const wanted = {
        name: lesson,
        ...(fields.includes('lesson-step') ? { step: step - 1 } : {}),
        ...(rest || lesson === null ? { state: fragment } : {}),
      };
      patch(store, 'lesson', { asked: wanted });
      return;
    }
    await apply(state);
    // A model that could not be opened leaves the entry with the one that is open.
    if (!sameModel(present().recipe.model, state.recipe.model)) entry = placeOf(present());
  }

  /** Sets recipe and view, and opens the recipe's model if another one is open. A recipe that was open can be had back by undo. */
  async function apply(state: LinkState): Promise<void> {
    const wanted = state.recipe.model;
    const { model: opened, recipe: before } = store.getState();
    const open = opened.info && before.current.model;
    const asks = mustAsk(wanted);
    // What is open stays as it is until the person has decided.
    if (!asks || open === undefined) {
      const recipe = { ...state.recipe, model: open ?? wanted };
      store.setState({ recipe: open ? changed(before, recipe) : alone(recipe), view: state.view });
    }
    if (asks) asked = state;
    await openModel(wanted);
  }

  const mustAsk = (wanted: ModelSource): boolean => isFar(wanted) && !known.has(JSON.stringify(wanted));

  /** Opens a model that a link or a lesson names. One that was not opened in this tab is shown in its dialog, which opens it. */
  async function openModel(wanted: ModelSource): Promise<void> {
    const { model: opened, recipe } = store.getState();
    const open = opened.info && recipe.current.model;
    if (open && sameModel(open, wanted)) {
      // Another entry's model may still be opening.
      if (opened.opening !== undefined) model.cancelOpening();
      return;
    }
    if (isFar(wanted) && mustAsk(wanted)) {
      patch(store, 'hub', { asked: wanted });
      store.setState({ dialog: wanted.kind });
    } else {
      if (wanted.kind === 'url' && (await model.openUrl(wanted.url))) return;
      if (wanted.kind === 'hub' && (await model.openHub(wanted))) return;
    }
    if (wanted.kind === 'local') {
      const stays = opened.info ? `${opened.info.name} stays open` : `${SHIPPED_NAME} is open instead`;
      const text = `It was made with “${wanted.name}” from a local folder, and a link cannot carry files. ${stays}; drop the folder here to go on.`;
      notify(store, 'info', 'The link’s model is not here', text);
    }
    if (open === undefined || wanted.kind === 'shipped') await model.openShipped();
  }

  /** Opens a model that the person has chosen; if a link asked for it, with all that the link shows. */
  async function choose(wanted: FarModel): Promise<void> {
    known.add(JSON.stringify(wanted));
    const state = asked;
    asked = undefined;
    await (state && sameModel(state.recipe.model, wanted) ? apply(state) : openModel(wanted));
  }

  function put(how: 'replace' | 'push', state: LinkState): void {
    address[how](encodeLink(state));
    seen = address.read();
  }

  /** Writes the state into the present entry, or into a new one if it is in another place. */
  function write(): void {
    const { model: opened } = store.getState();
    // Until a model is open, the address must keep the model to open.
    if (opened.info === undefined || opened.opening !== undefined) return;
    const state = present();
    const place = placeOf(state);
    put(entry === undefined || entry === place ? 'replace' : 'push', state);
    entry = place;
    unwritten = undefined;
  }

  store.subscribe(
    ({ recipe, view, model: { opening } }) =>
      `${opening !== undefined}${JSON.stringify(recipe.current)}${JSON.stringify(view)}`,
    () => {
      const state = present();
      if (store.getState().model.info !== undefined) known.add(JSON.stringify(state.recipe.model));
      if (placeOf(state) === entry) unwritten = state;
      else if (unwritten !== undefined) {
        // The entry that is left keeps its last state.
        if (address.read() === seen) put('replace', unwritten);
        unwritten = undefined;
      }
      writeSoon();
    },
  );

  function writeSoon(): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (held > 0) return;
      const now = address.read();
      if (now === seen) return write();
      // The event restores what was followed, which must not be overwritten before.
      seen = now;
      writeSoon();
    }, WRITE_DELAY_MS);
  }

  /** Runs a change that goes through states at which nobody is. Only where it ends is written. */
  async function asOne(change: () => Promise<void>): Promise<void> {
    held++;
    try {
      await change();
    } finally {
      held--;
      writeSoon();
    }
  }

  /** Keeps the present state in the history's present entry, which asked for a lesson that did not begin. */
  function keep(): void {
    entry = placeOf(present());
    write();
  }

  return {
    restore,
    apply,
    openModel,
    choose,
    keep,
    asOne,
    current,
  };
}

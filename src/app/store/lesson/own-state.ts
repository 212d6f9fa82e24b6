import { METHOD_IDS } from '../../../engine/methods';
import { decodeLink, encodeLink } from '../../../recipe/link';
import type { App, AppState } from '../app';
import { INITIAL_COMPARE } from '../state/compare';
import { INITIAL_TRY } from '../state/try';

const STORAGE_KEY = 'interlayer.own-state';

/** What a lesson changes and gives back, besides the race, which its own actions put aside. */
type Held = Pick<AppState, 'recipe' | 'view' | 'compare' | 'tryStage'>;

/** Returns the stored state as a fragment, and clears it; empty if there is none. */
export function takeStored(platform: App['platform']): string {
  const stored = platform.loadText(STORAGE_KEY) ?? '';
  platform.saveText(STORAGE_KEY, '');
  return stored;
}

/**
 * Puts a person's own state aside while a lesson runs. It is also stored, so that a reload within a lesson does not lose it.
 * The model is opened again if the lesson uses another one.
 */
export class OwnState {
  readonly #app: App;
  readonly #held: Held | undefined;
  readonly #reopen: (() => Promise<boolean>) | undefined;
  readonly #modelId: number;

  constructor(app: App) {
    this.#app = app;
    const { recipe, view, compare, tryStage, model } = app.store.getState();
    this.#modelId = model.id;
    const reloaded = model.info === undefined && (app.platform.loadText(STORAGE_KEY) ?? '') !== '';
    if (reloaded) return;
    this.#held = { recipe, view, compare, tryStage };
    this.#reopen = app.model.hold();
    app.platform.saveText(STORAGE_KEY, encodeLink({ recipe: recipe.current, view }) || 'tab=align');
  }

  /** Clears what the lesson begins without: arms chosen and prompts tried before. */
  clear(): void {
    this.#app.store.setState({ compare: INITIAL_COMPARE, tryStage: INITIAL_TRY });
  }

  /** Gives the state back; a model that was replaced is opened again. */
  async giveBack(): Promise<void> {
    const { store, platform, link } = this.#app;
    const stored = takeStored(platform);
    if (this.#held === undefined) {
      await link.apply(decodeLink(stored, METHOD_IDS).state);
      return;
    }
    if (store.getState().model.info === undefined) {
      await link.apply({ recipe: this.#held.recipe.current, view: this.#held.view });
      return;
    }
    if (store.getState().model.id !== this.#modelId) await this.#reopen?.();
    // A room full of people stays a room full of people.
    const { presenter } = store.getState().view;
    store.setState({ ...this.#held, view: { ...this.#held.view, presenter } });
  }
}

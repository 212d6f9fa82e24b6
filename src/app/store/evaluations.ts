import type { Evaluation, JobFailure, Progress } from '../../engine/jobs';
import type { Recipe } from '../../recipe/schema';
import type { View } from '../../recipe/view';
import { engineRecipe, recipeGaps } from '../gaps';
import type { Context } from './context';
import { patch } from './context';
import { isAbort, toFailure } from './failure';
import type { AppState } from './state';

/** One evaluation, under way or finished. */
export interface Evaluated {
  readonly status: 'running' | 'done' | 'failed';
  readonly progress?: Progress;
  /** Without the per-token losses, which nothing here shows. */
  readonly result?: Omit<Evaluation, 'nll'>;
  readonly failure?: JobFailure;
}

/** A text of one's own, read from a file. */
interface OwnText {
  readonly name: string;
  readonly text: string;
  /** Counts loaded files, so that another file of the same name is another text. */
  readonly id: number;
}

export interface EvaluationsState {
  /** By `evaluationKey`: a result is only ever shown for exactly what it was measured on. */
  readonly entries: Readonly<Record<string, Evaluated>>;
  readonly own?: OwnText;
  /** Whether the text of one's own is the one in use. */
  readonly useOwn: boolean;
}

export const INITIAL_EVALUATIONS: EvaluationsState = { entries: {}, useOwn: false };

export const TEXT_TITLES: Readonly<Record<View['text'], string>> = {
  fairy: 'Fairy tales, held out',
  observatory: 'Observatory tales, held out',
};

/** Names one evaluation: model, backend, text, budget, and the recipe as far as it decides the expanded model. */
export function evaluationKey(state: AppState, recipe: Recipe | null): string {
  const { model, backend, view, evaluations } = state;
  const text = evaluations.useOwn && evaluations.own ? `own ${evaluations.own.id}` : view.text;
  const arm =
    recipe === null
      ? 'base'
      : [
          recipe.method,
          recipeGaps(recipe, model.info?.layers ?? 0),
          recipe.solver,
          recipe.zeroInit,
          recipe.seed,
        ];
  return JSON.stringify([model.id, backend.summary?.kind, text, view.tokens, arm]);
}

/** Evaluations, each kept under what it is of. */
export function createEvaluations({ engine, store, platform }: Context) {
  const texts = new Map<string, string>();
  /** Who fills an entry: a cancelled evaluation that answers late must not touch the one that replaced it. */
  const owners = new Map<string, AbortSignal>();

  async function currentText(signal: AbortSignal): Promise<string> {
    const { evaluations, view } = store.getState();
    if (evaluations.useOwn && evaluations.own) return evaluations.own.text;
    const known = texts.get(view.text);
    if (known !== undefined) return known;
    const text = await platform.fetchText(
      new URL(`corpus/${view.text}-heldout.txt`, platform.base).href,
      signal,
    );
    texts.set(view.text, text);
    return text;
  }

  function put(key: string, entry: Evaluated | undefined): void {
    patch(store, 'evaluations', ({ entries }) => {
      const { [key]: _, ...others } = entries;
      return { entries: entry === undefined ? others : { ...others, [key]: entry } };
    });
  }

  return {
    /**
     * Evaluates the base model (`recipe` null) or the expanded one on the chosen text, unless that is known already. Failures
     * are kept as the entry; cancelling leaves none.
     */
    async evaluate(recipe: Recipe | null, signal: AbortSignal): Promise<void> {
      const state = store.getState();
      const key = evaluationKey(state, recipe);
      const before = state.evaluations.entries[key]?.status;
      const taken = before === 'running' && owners.get(key)?.aborted === false;
      if (state.model.info === undefined || before === 'done' || taken) return;
      owners.set(key, signal);
      const finish = (entry: Evaluated | undefined): void => {
        if (owners.get(key) !== signal) return;
        owners.delete(key);
        put(key, entry);
      };
      put(key, { status: 'running' });
      try {
        const text = await currentText(signal);
        const arm = recipe && engineRecipe(recipe, state.model.info.layers);
        const { nll: _, ...result } = await engine.run(
          'evaluate',
          { recipe: arm, text, maxTokens: state.view.tokens, compareWithBase: recipe !== null },
          {
            signal,
            onEvent: (event) => {
              if (event.type === 'progress' && !signal.aborted)
                put(key, { status: 'running', progress: event.progress });
            },
          },
        );
        finish({ status: 'done', result });
      } catch (error) {
        finish(
          signal.aborted || isAbort(error) ? undefined : { status: 'failed', failure: toFailure(error) },
        );
      }
    },

    setOwnText(name: string, text: string): void {
      patch(store, 'evaluations', ({ own }) => ({
        own: { name, text, id: (own?.id ?? 0) + 1 },
        useOwn: true,
      }));
    },

    chooseText(text: View['text'] | 'own'): void {
      patch(store, 'evaluations', { useOwn: text === 'own' });
      if (text !== 'own') patch(store, 'view', { text });
    },
  };
}
export type EvaluationActions = ReturnType<typeof createEvaluations>;

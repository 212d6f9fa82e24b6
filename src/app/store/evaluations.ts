import { digest } from '../../digest';
import type { Evaluation, JobFailure, Measurement, Progress } from '../../engine/jobs';
import { MEASURE_GROUPS } from '../../engine/jobs';
import { FEATURE_TEXTS, type Recipe } from '../../recipe/schema';
import type { View } from '../../recipe/view';
import { engineRecipe, recipeGaps } from '../gaps';
import type { Context } from './context';
import { patch } from './context';
import { isAbort, toFailure } from './failure';
import { notify } from './notices';
import type { KeptEvaluation, KeptMeasurement, SavedResult } from './saved-result';
import { readResults, writeResults } from './saved-result';
import type { AppState } from './state';

/** One evaluation, under way or finished. */
export interface Evaluated {
  readonly status: 'running' | 'done' | 'failed';
  readonly progress?: Progress;
  readonly result?: KeptEvaluation;
  readonly measurement?: KeptMeasurement;
  readonly failure?: JobFailure;
  /** What is written to files and kept from one visit to the next. */
  readonly saved?: SavedResult;
}

/**
 * How much of an arm is measured, each with what comes before it: its loss; its tensors and blocks; the loss without every
 * single block and with it twice.
 */
export const DEPTHS = ['loss', 'blocks', 'ablations'] as const;
export type Depth = (typeof DEPTHS)[number];

/** Whether an arm is measured that deep. */
export function reaches(entry: Evaluated | undefined, depth: Depth): boolean {
  if (entry?.status !== 'done') return false;
  const { measurement } = entry;
  if (depth === 'loss') return true;
  if (measurement === undefined) return false;
  return depth === 'blocks' || measurement.blocks.every(({ lossSkipped }) => typeof lossSkipped === 'number');
}

/** A text of one's own, read from a file. */
interface OwnText {
  readonly name: string;
  readonly text: string;
  /** Tells texts of one name apart. */
  readonly digest: string;
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

/** The text of a recipe's activations, in words: a shipped one, or the name of a file. */
export const featureTextTitle = (text: string): string =>
  FEATURE_TEXTS.filter((name) => name === text).map((name) => TEXT_TITLES[name])[0] ??
  text.replace(/^file:(.*)@.*$/, '$1');

const STORED = 'interlayer-results';
/** As many results as are kept; the oldest go first. */
const MOST_STORED = 150;

/** The model as results know it. Files picked by hand may be others next time, so they count as opened. */
/** Tells the open model from others, also on another visit unless it came from files picked by hand. */
export function modelKey({ model, recipe }: Pick<AppState, 'model' | 'recipe'>): unknown[] {
  const { model: source } = recipe.current;
  const { info } = model;
  return [source, source.kind === 'local' ? model.id : 0, info?.name, info?.layers, info?.parameters];
}

/** The text in use, in words. */
export function textTitle({ evaluations, view }: Pick<AppState, 'evaluations' | 'view'>): string {
  return evaluations.useOwn && evaluations.own ? evaluations.own.name : TEXT_TITLES[view.text];
}

/** Names one evaluation: model, backend, text, budget, and the recipe as far as it decides the expanded model. */
export function evaluationKey(state: AppState, recipe: Recipe | null): string {
  const { backend, view, evaluations, model } = state;
  const own = evaluations.useOwn ? evaluations.own : undefined;
  const text = own ? ['own', own.name, own.text.length, own.digest] : view.text;
  const { kind, description } = backend.summary ?? {};
  return JSON.stringify([
    modelKey(state),
    kind,
    description,
    text,
    view.tokens,
    armKey(recipe, model.info?.layers),
  ]);
}

function armKey(recipe: Recipe | null, layers = 0): unknown {
  if (recipe === null) return 'base';
  const { model: _, version: __, ...rest } = recipe;
  return { ...rest, gaps: recipeGaps(recipe, layers) };
}

/** What is known of the base (`recipe` null) or a recipe, on the text and backend on show now. */
export function evaluationOf(state: AppState, recipe: Recipe | null): Evaluated | undefined {
  return state.evaluations.entries[evaluationKey(state, recipe)];
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

  /** Keeps finished results for the next visit, but for those of files picked by hand, which may differ then. */
  function remember(): void {
    const results = Object.values(store.getState().evaluations.entries)
      .flatMap(({ saved }) =>
        saved === undefined || saved.key.startsWith('[[{"kind":"local"') ? [] : [saved],
      )
      .slice(-MOST_STORED);
    for (let drop = 0; drop < results.length; drop += Math.ceil(results.length / 4))
      if (platform.keep(STORED, writeResults(results.slice(drop)))) return;
  }

  function restore(): void {
    const text = platform.recall(STORED);
    if (text === null) return;
    try {
      const entries = readResults(text).map((saved): [string, Evaluated] => [saved.key, entryOf(saved)]);
      patch(store, 'evaluations', (before) => ({
        entries: { ...Object.fromEntries(entries), ...before.entries },
      }));
    } catch (error) {
      notify(store, 'info', 'Results of an earlier visit could not be read', toFailure(error).message);
    }
  }

  function entryOf(saved: SavedResult): Evaluated {
    const { result, measurement } = saved;
    return { status: 'done', result, saved, ...(measurement === undefined ? {} : { measurement }) };
  }

  restore();

  return {
    currentText,

    /**
     * Evaluates the base model (`recipe` null) or the expanded one on the chosen text, as deep as asked, unless that is known
     * already. Failures are kept as the entry; cancelling leaves what was there before.
     */
    async evaluate(
      recipe: Recipe | null,
      signal: AbortSignal,
      { depth = 'loss', title = '' }: { depth?: Depth; title?: string } = {},
    ): Promise<void> {
      const state = store.getState();
      const { info } = state.model;
      const key = evaluationKey(state, recipe);
      const before = state.evaluations.entries[key];
      const taken = before?.status === 'running' && owners.get(key)?.aborted === false;
      if (info === undefined || taken || reaches(before, depth)) return;
      owners.set(key, signal);
      const finish = (entry: Evaluated | undefined): void => {
        if (owners.get(key) !== signal) return;
        owners.delete(key);
        put(key, entry);
        if (entry?.saved !== undefined) remember();
      };
      const kept = before?.status === 'done' ? before : undefined;
      const options = {
        signal,
        onEvent: (event: { type: string; progress?: Progress }) => {
          if (event.progress !== undefined && !signal.aborted)
            put(key, { ...kept, status: 'running', progress: event.progress });
        },
      };
      put(key, { ...kept, status: 'running' });
      try {
        const text = await currentText(signal);
        const arm = recipe && engineRecipe(recipe, info.layers);
        const { tokens } = state.view;
        const result =
          kept?.result ??
          withoutLosses(
            await engine.run(
              'evaluate',
              { recipe: arm, text, maxTokens: tokens, compareWithBase: recipe !== null },
              options,
            ),
          );
        const groups = MEASURE_GROUPS.filter((group) => depth === 'ablations' || group !== 'ablations');
        const measurement =
          depth === 'loss'
            ? undefined
            : withoutPairs(
                await engine.run('measure', { recipe: arm, text, maxTokens: tokens, groups }, options),
              );
        const saved: SavedResult = {
          key,
          title: title || (recipe?.method ?? 'Base model'),
          recipe,
          model: { name: info.name, layers: info.layers, parameters: info.parameters },
          text: textTitle(state),
          tokens,
          device: state.backend.summary?.description ?? result.backend,
          at: new Date().toISOString(),
          result,
          ...(measurement === undefined ? {} : { measurement }),
        };
        finish(entryOf(saved));
      } catch (error) {
        const failed: Evaluated = { status: 'failed', failure: toFailure(error) };
        finish(signal.aborted || isAbort(error) ? kept : failed);
      }
    },

    setOwnText(name: string, text: string): void {
      patch(store, 'evaluations', { own: { name, text, digest: digest(text) }, useOwn: true });
    },

    chooseText(text: View['text'] | 'own'): void {
      patch(store, 'evaluations', { useOwn: text === 'own' });
      if (text !== 'own') patch(store, 'view', { text });
    },
  };
}
export type EvaluationActions = ReturnType<typeof createEvaluations>;

function withoutLosses(evaluation: Evaluation): KeptEvaluation {
  const { nll: _, ...kept } = evaluation;
  return kept;
}

function withoutPairs(measurement: Measurement): KeptMeasurement {
  const { cka: _, ...kept } = measurement;
  return kept;
}

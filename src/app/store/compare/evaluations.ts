import { digest } from '../../../digest';
import type { Evaluation, Measurement, Progress } from '../../../engine/jobs';
import { COSTLY_GROUPS, MEASURE_GROUPS } from '../../../engine/jobs';
import type { Recipe } from '../../../recipe/schema';
import type { Depth, View } from '../../../recipe/view';
import { engineRecipe } from '../../methods/gaps';
import { isAbort, toFailure } from '../core/failure';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { evaluationKey, hasDepth, textTitle } from '../derived/evaluation';
import { notify, notifyNotKept } from '../session/notices';
import type { WithBackend } from '../state/backend';
import type {
  EvaluationEntry,
  StoredEvaluation,
  StoredMeasurement,
  SavedResult,
  WithEvaluations,
} from '../state/evaluations';
import type { WithModel } from '../state/model';
import type { WithNotices } from '../state/notices';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';
import { readResults, writeResults } from './saved-result';

type Needs = WithBackend & WithModel & WithRecipe & WithView & WithEvaluations & WithNotices;

const STORAGE_KEY = 'interlayer-results';
/** Maximum number of stored results; the oldest are dropped. */
const MAX_RESULTS = 150;

/** Actions that evaluate arms. Results are cached by `evaluationKey` and stored for later visits. */
export function createEvaluations({ engine, store, platform }: Context<Needs>) {
  const texts = new Map<string, string>();
  /** Signal of the evaluation that owns an entry: a cancelled one that answers late must not overwrite its successor. */
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

  function setEntry(key: string, entry: EvaluationEntry | undefined): void {
    patch(store, 'evaluations', ({ entries }) => {
      const { [key]: _, ...others } = entries;
      return { entries: entry === undefined ? others : { ...others, [key]: entry } };
    });
  }

  /** Stores finished results for later visits, except those of local files, which may have changed by then. */
  function saveResults(): void {
    const own = Object.values(store.getState().evaluations.entries).flatMap(({ saved }) =>
      saved === undefined || saved.key.startsWith('[[{"kind":"local"') ? [] : [saved],
    );
    const keys = new Set(own.map(({ key }) => key));
    const results = [...storedResults().filter(({ key }) => !keys.has(key)), ...own].slice(-MAX_RESULTS);
    for (let drop = 0; drop < results.length; drop += Math.ceil(results.length / 4))
      if (platform.saveText(STORAGE_KEY, writeResults(results.slice(drop)))) return;
    if (results.length > 0) notifyNotKept(store);
  }

  /** What is stored now: another tab may have added to it. What cannot be read was said to be so when the page was opened. */
  function storedResults(): SavedResult[] {
    try {
      return readResults(platform.loadText(STORAGE_KEY) ?? writeResults([]));
    } catch {
      return [];
    }
  }

  function loadResults(): void {
    const text = platform.loadText(STORAGE_KEY);
    if (text === null) return;
    try {
      const entries = readResults(text).map((saved): [string, EvaluationEntry] => [
        saved.key,
        entryOf(saved),
      ]);
      patch(store, 'evaluations', (before) => ({
        entries: { ...Object.fromEntries(entries), ...before.entries },
      }));
    } catch (error) {
      notify(store, 'info', 'Results of an earlier visit could not be read', toFailure(error).message);
    }
  }

  function entryOf(saved: SavedResult): EvaluationEntry {
    const { result, measurement } = saved;
    return { status: 'done', result, saved, ...(measurement === undefined ? {} : { measurement }) };
  }

  loadResults();

  return {
    currentText,

    /**
     * Evaluates the base model (`recipe` null) or the deeper one on the current text, unless a result of this depth exists
     * or is being computed. A failure becomes the entry; cancelling restores the previous entry.
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
      const inProgress = before?.status === 'running' && owners.get(key)?.aborted === false;
      if (info === undefined || inProgress || hasDepth(before, depth)) return;
      owners.set(key, signal);
      const finish = (entry: EvaluationEntry | undefined): void => {
        if (owners.get(key) !== signal) return;
        owners.delete(key);
        setEntry(key, entry);
        if (entry?.saved !== undefined) saveResults();
      };
      const kept = before?.status === 'done' ? before : undefined;
      const options = {
        signal,
        onEvent: (event: { type: string; progress?: Progress }) => {
          if (event.progress !== undefined && !signal.aborted)
            setEntry(key, { ...kept, status: 'running', progress: event.progress });
        },
      };
      setEntry(key, { ...kept, status: 'running' });
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
        // Every depth has all of those before it.
        const groups = MEASURE_GROUPS.filter(
          (group) =>
            !COSTLY_GROUPS.includes(group) || group === depth || (group === 'ablations' && depth === 'null'),
        );
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
        const failed: EvaluationEntry = { status: 'failed', failure: toFailure(error) };
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

function withoutLosses(evaluation: Evaluation): StoredEvaluation {
  const { nll: _, ...kept } = evaluation;
  return kept;
}

function withoutPairs(measurement: Measurement): StoredMeasurement {
  const { cka: _, ...kept } = measurement;
  return kept;
}

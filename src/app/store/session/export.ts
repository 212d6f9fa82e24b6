import type { ExportRequest, ExportResult, Forecast, SavedDType } from '../../../engine/jobs';
import { engineRecipe } from '../../methods/gaps';
import type { EvaluationActions } from '../compare/evaluations';
import { isAbort, toFailure } from '../core/failure';
import { LatestTask } from '../core/latest-task';
import { onDemand } from '../core/on-demand';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { type EvaluationNeeds, textTitle } from '../derived/evaluation';
import { forecastOf } from '../derived/forecast';
import { savedLossKey, savedLossOf } from '../derived/saved-loss';
import type { WithExport } from '../state/export';
import { NOT_WRITTEN } from '../state/export';
import type { WithRace } from '../state/race';

type Needs = EvaluationNeeds & WithExport & WithRace;

/** Loads a trained run onto the device. */
type Prepare = (arm: string | undefined) => Promise<void>;

const MOST_KEPT = 20;

/** Actions that write the deeper checkpoint, and measure before what it will make of a text. */
export function createExport(
  { engine, store }: Context<Needs>,
  { currentText }: Pick<EvaluationActions, 'currentText'>,
) {
  const latest = new LatestTask();
  const losses = onDemand<NonNullable<ReturnType<typeof savedLossOf>>>(
    (change) =>
      patch(store, 'exporting', ({ losses: before }) => ({ losses: { ...before, ...change(before) } })),
    MOST_KEPT,
  );
  const forecasts = onDemand<Forecast>(
    (change) =>
      patch(store, 'exporting', ({ forecasts: before }) => ({ forecasts: { ...before, ...change(before) } })),
    MOST_KEPT,
  );

  /** The model to write, as the engine takes it; undefined before a model is open. */
  function asked(): Pick<ExportRequest, 'recipe' | 'arm' | 'dtype'> | undefined {
    const { recipe, model, exporting } = store.getState();
    if (model.info === undefined) return undefined;
    const { arm, dtype } = exporting;
    return {
      recipe: engineRecipe(recipe.current, model.info.layers),
      dtype,
      ...(arm === undefined ? {} : { arm }),
    };
  }

  function reset(): void {
    latest.cancel();
    patch(store, 'exporting', NOT_WRITTEN);
  }

  return {
    reset,

    cancelMeasuring: losses.cancel,
    cancelForecast: forecasts.cancel,

    /** Chooses what to write: a trained run by its name, or with undefined the current recipe. */
    choose(arm: string | undefined): void {
      losses.cancel();
      patch(store, 'exporting', { arm });
    },

    chooseDType(dtype: SavedDType): void {
      losses.cancel();
      patch(store, 'exporting', { dtype });
    },

    /** Forecasts time and memory of making the recipe's new blocks. @param key of `forecastKey`. */
    async forecast(key: string): Promise<void> {
      const request = asked();
      if (request === undefined || forecastOf(store.getState())) return;
      const { recipe } = request;
      await forecasts.run(key, (options) => engine.run('forecast', { recipe }, options));
    },

    /** Measures the losses of base, deeper and saved model on the current text. `prepare` is awaited first. */
    async measure(prepare: Prepare): Promise<void> {
      const state = store.getState();
      const request = asked();
      if (request === undefined) return;
      const { dtype = 'source' } = request;
      await losses.run(savedLossKey(state), async ({ signal, onEvent }) => {
        await prepare(request.arm);
        const text = await currentText(signal);
        const maxTokens = state.view.tokens;
        return engine.run('savedLoss', { ...request, dtype, text, maxTokens }, { signal, onEvent });
      });
    },

    /**
     * Writes into a new folder `name` of the picked directory, or into a zip that the caller offers to save.
     * @param prepare is awaited first. @returns undefined after a failure or cancel.
     */
    async write(
      name: string,
      destination: ExportRequest['destination'],
      prepare: Prepare = async () => undefined,
    ): Promise<ExportResult | undefined> {
      const request = asked();
      if (request === undefined) return undefined;
      losses.cancel();
      const measured = savedLossOf(store.getState());
      const known = measured && { losses: { text: textTitle(store.getState()), ...measured } };
      let written: ExportResult | undefined;
      await latest.run(async (signal) => {
        patch(store, 'exporting', { ...NOT_WRITTEN, status: 'running' });
        try {
          await prepare(request.arm);
          const result = await engine.run(
            'export',
            { ...request, ...known, destination, name },
            {
              signal,
              onEvent: (event) => {
                if (event.type === 'progress' && !signal.aborted)
                  patch(store, 'exporting', { progress: event.progress });
              },
            },
          );
          if (signal.aborted) return;
          written = result;
          patch(store, 'exporting', { ...NOT_WRITTEN, status: 'done', result, written: name });
        } catch (error) {
          if (signal.aborted) return;
          const failed = { status: 'failed', failure: toFailure(error) } as const;
          patch(store, 'exporting', { ...NOT_WRITTEN, ...(isAbort(error) ? {} : failed) });
        }
      });
      return written;
    },
  };
}

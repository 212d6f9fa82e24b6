import type { ExportRequest, ExportResult } from '../../../engine/jobs';
import { engineRecipe } from '../../methods/gaps';
import { isAbort, toFailure } from '../core/failure';
import { LatestTask } from '../core/latest-task';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import type { WithExport } from '../state/export';
import { INITIAL_EXPORT } from '../state/export';
import type { WithModel } from '../state/model';
import type { WithRecipe } from '../state/recipe';

type Needs = WithModel & WithRecipe & WithExport;

/** Actions that write the deeper checkpoint. */
export function createExport({ engine, store }: Context<Needs>) {
  const latest = new LatestTask();

  function reset(): void {
    latest.cancel();
    const { arm } = store.getState().exporting;
    store.setState({ exporting: { ...INITIAL_EXPORT, arm } });
  }

  return {
    reset,

    /** Chooses what to write: a trained run by its name, or with undefined the current recipe. */
    choose(arm: string | undefined): void {
      patch(store, 'exporting', { arm });
    },

    /**
     * Writes into a new folder `name` of the picked directory, or into a zip that the caller offers to save.
     * @param prepare is awaited first; it loads the trained run. @returns undefined after a failure or cancel.
     */
    async write(
      name: string,
      destination: ExportRequest['destination'],
      prepare: (arm: string | undefined) => Promise<void> = async () => undefined,
    ): Promise<ExportResult | undefined> {
      const { recipe, model, exporting } = store.getState();
      if (model.info === undefined) return undefined;
      const current = engineRecipe(recipe.current, model.info.layers);
      const { arm } = exporting;
      let written: ExportResult | undefined;
      await latest.run(async (signal) => {
        store.setState({ exporting: { status: 'running', arm } });
        try {
          await prepare(arm);
          const result = await engine.run(
            'export',
            { recipe: current, destination, name, ...(arm === undefined ? {} : { arm }) },
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
          store.setState({ exporting: { status: 'done', result, written: name, arm } });
        } catch (error) {
          if (signal.aborted) return;
          if (isAbort(error)) store.setState({ exporting: INITIAL_EXPORT });
          else store.setState({ exporting: { status: 'failed', failure: toFailure(error), arm } });
        }
      });
      return written;
    },
  };
}

/* Room `export`: the dialog that writes the deeper checkpoint. Imports no stage. */

import { useEffect, useId, useState } from 'react';
import { ChoiceList } from '../controls/choice-list';
import { ActionButton } from '../controls/action-button';
import { Busy } from '../controls/busy';
import { Dialog } from '../controls/dialog';
import { download } from '../files/download';
import { deeperDepth } from '../methods/gaps';
import { raceActionsOf } from '../store/train/race-actions';
import { trainedRuns } from '../store/train/trained-runs';
import { useApp, useAppState } from '../store/use-app';
import { ExportPlan } from './export-plan';
import { ExportResultPanel } from './export-result';
import { LossCheck } from './loss-check';
import { PrecisionChoice, WRITING } from './precision-choice';
import { TrainedPlan } from './trained-plan';

/** Folder names that are valid on every system. */
const NAME = /^[\w][\w. -]{0,99}$/;

/** Dialog that writes the deeper checkpoint to a folder or downloads it. */
export function ExportDialog() {
  const app = useApp();
  const { store, exporting, model } = app;
  const suggestion = useAppState(({ model: { info }, recipe: { current } }) =>
    info === undefined
      ? 'model'
      : `${info.name}-${deeperDepth(current, info.layers)}-blocks-${current.method.replaceAll(':', '-')}`,
  );
  const state = useAppState((s) => s.exporting);
  const race = useAppState((s) => s.race.race);
  const runs = trainedRuns(race);
  const whatId = useId();
  const [name, setName] = useState(suggestion.replaceAll(/[^\w. -]/g, '-').slice(-100));
  const id = useId();
  const good = NAME.test(name);
  const canPick = typeof window.showDirectoryPicker === 'function';

  // Clears the state on close, so that the next export starts fresh.
  useEffect(
    () => () => {
      exporting.cancelMeasuring();
      exporting.reset();
    },
    [exporting],
  );

  /** Loads a trained run onto the device if it is not there. */
  async function prepare(arm: string | undefined): Promise<void> {
    const run = runs.find((candidate) => candidate.name === arm);
    if (run) await raceActionsOf(app.context).ensureOnDevice(run);
  }

  async function toFolder(): Promise<void> {
    try {
      const handle = await window.showDirectoryPicker?.({ mode: 'readwrite' });
      if (handle) await exporting.write(name, { kind: 'directory', handle }, prepare);
    } catch (error) {
      // AbortError means that the user closed the picker.
      if (!(error instanceof DOMException) || error.name !== 'AbortError') throw error;
    }
  }

  async function toZip(): Promise<void> {
    const result = await exporting.write(name, { kind: 'zip' }, prepare);
    if (result?.blob) download(result.blob, `${name}.zip`);
  }

  async function openWritten(blob: Blob, written: string): Promise<void> {
    store.setState({ dialog: null });
    await model.openFiles([new File([blob], `${written}.zip`)], written);
  }

  return (
    <Dialog title="Export checkpoint" onClose={() => store.setState({ dialog: null })}>
      {state.status === 'done' && state.result ? (
        <>
          <ExportResultPanel result={state.result} name={state.written ?? name} />
          <div className="row end">
            {state.result.blob && (
              <>
                <button
                  type="button"
                  className="button"
                  onClick={() =>
                    state.result?.blob && download(state.result.blob, `${state.written ?? name}.zip`)
                  }
                >
                  Download again
                </button>
                <button
                  type="button"
                  className="button"
                  data-control="export-open"
                  title="Opens the saved model in place of the base"
                  onClick={() =>
                    state.result?.blob && void openWritten(state.result.blob, state.written ?? name)
                  }
                >
                  Open what was saved
                </button>
              </>
            )}
            <button type="button" className="button primary" onClick={() => store.setState({ dialog: null })}>
              Done
            </button>
          </div>
        </>
      ) : (
        <form className="form" onSubmit={(event) => event.preventDefault()}>
          <label htmlFor={id}>Name</label>
          <input
            id={id}
            value={name}
            readOnly={state.status === 'running'}
            autoComplete="off"
            spellCheck={false}
            aria-invalid={!good}
            aria-describedby={`${id}-hint`}
            onChange={(event) => setName(event.target.value)}
          />
          <p id={`${id}-hint`} className={good ? 'hint' : 'problem'} role={good ? undefined : 'alert'}>
            {good
              ? 'A Hugging Face folder that from_pretrained opens. Base tensors are copied byte for byte.'
              : 'Expected letters, digits, dots, dashes or spaces, and a letter or digit first.'}
          </p>
          {runs.length > 0 && (
            <>
              <label htmlFor={whatId}>What</label>
              <ChoiceList
                id={whatId}
                value={state.arm ?? ''}
                unavailable={state.status === 'running' ? WRITING : undefined}
                onChange={({ target }) => exporting.choose(target.value || undefined)}
              >
                <option value="">the recipe on show, untrained</option>
                {runs.map((run) => (
                  <option key={run.name} value={run.name}>
                    {run.name}, trained for {run.losses.length} steps
                  </option>
                ))}
              </ChoiceList>
            </>
          )}
          <PrecisionChoice />
          {state.arm === undefined ? <ExportPlan name={name} /> : <TrainedPlan name={name} arm={state.arm} />}
          <LossCheck prepare={prepare} />
          {state.status === 'failed' && (
            <p className="problem-box" role="alert">
              {state.failure?.message}
            </p>
          )}
          {state.status === 'running' ? (
            <Busy label="Writing…" progress={state.progress} onCancel={exporting.reset} />
          ) : (
            <div className="row end">
              <ActionButton
                className={canPick ? 'button' : 'button primary'}
                data-control="export-zip"
                unavailable={good ? undefined : 'Correct the name first'}
                onClick={() => void toZip()}
              >
                Download .zip
              </ActionButton>
              {canPick && (
                <ActionButton
                  className="button primary"
                  unavailable={good ? undefined : 'Correct the name first'}
                  onClick={() => void toFolder()}
                >
                  Save to a folder…
                </ActionButton>
              )}
            </div>
          )}
        </form>
      )}
    </Dialog>
  );
}

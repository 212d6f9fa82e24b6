import { useId } from 'react';
import { ActionButton } from '../controls/action-button';
import { Busy } from '../controls/busy';
import { toFailure } from '../store/core/failure';
import { notify } from '../store/session/notices';
import { useApp, useAppState } from '../store/use-app';
import { useTry } from '../store/use-try';

/** Form for the text to measure. */
export function ReadForm({ complete }: { readonly complete: boolean }) {
  const { store } = useApp();
  const tryStage = useTry();
  const text = useAppState((state) => state.tryStage.text);
  const running = useAppState((state) => state.tryStage.running.read);
  const context = useAppState((state) => state.model.info?.context ?? 0);
  const id = useId();
  const ready = text.trim() !== '' && !complete;

  function loadExample(): void {
    tryStage.takeExample().catch((error: unknown) => {
      notify(store, 'error', 'The example could not be read', toFailure(error).message);
    });
  }

  return (
    <form
      className="try-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void tryStage.measure();
      }}
    >
      <div className="try-text-field">
        <label htmlFor={id}>Text</label>
        <textarea
          id={id}
          rows={4}
          value={text}
          placeholder={`Paste a text of at most ${context} tokens`}
          aria-keyshortcuts="Control+Enter"
          onChange={(event) => tryStage.setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            if (ready && !running) void tryStage.measure();
          }}
        />
      </div>
      <div className="row wrap">
        {running ? (
          // Its own key makes a new element, so that a click on stop cannot submit the form.
          <button key="stop" type="button" className="button" onClick={tryStage.stopReading}>
            Stop
          </button>
        ) : (
          <ActionButton
            key="go"
            type="submit"
            className="button primary"
            unavailable={complete ? 'This text is measured' : ready ? undefined : 'Write a text first'}
          >
            {complete ? 'Measured' : 'Measure'}
          </ActionButton>
        )}
        <button type="button" className="link-button" onClick={loadExample}>
          Use an example
        </button>
        {running?.progress && <Busy label="Measuring…" progress={running.progress} />}
      </div>
    </form>
  );
}

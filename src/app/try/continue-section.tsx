import { useId } from 'react';
import type { TryColumn, Continuation } from '../store/state/try';
import type { ModelChoice } from '../store/try/choices';
import { currentResult } from '../store/try/reading';
import { settingsKey } from '../store/try/writing';
import { useAppState } from '../store/use-app';
import { count, fixed } from '../words/numbers';
import { ResultCell } from './result-cell';
import { NextTokens } from './next-tokens';
import { PromptForm } from './prompt-form';

interface Result {
  readonly column: TryColumn;
  readonly choice: ModelChoice | undefined;
  readonly written: Continuation | undefined;
  readonly stale: boolean;
}

/** Length and speed of a finished continuation. */
function speedWords({ tokens, perSecond, status }: Continuation): string | undefined {
  if (status === 'stopped') return 'stopped';
  if (tokens === undefined) return undefined;
  const speed = perSecond === undefined ? '' : `, ${fixed(perSecond, perSecond < 10 ? 1 : 0)} tokens/s`;
  return `${count(tokens)} ${tokens === 1 ? 'token' : 'tokens'}${speed}`;
}

function Continuation({ shown, active }: { readonly shown: Result; readonly active: boolean }) {
  const { choice, written, stale } = shown;
  const words = written && speedWords(written);
  return (
    <ResultCell title={choice?.title ?? 'No model'} stale={stale} failure={written?.failure}>
      {written && (
        <p className="try-continuation" aria-busy={written.status === 'running'}>
          <span>{written.prompt}</span>
          <strong>{written.text}</strong>
          {active && <i className="try-caret" aria-hidden="true" />}
        </p>
      )}
      {written?.status === 'running' && !active && <p className="hint">Waits for its turn.</p>}
      {words && (
        <p className="hint">
          {words}
          {stale && ', of an earlier prompt or setting'}
        </p>
      )}
    </ResultCell>
  );
}

/** Continuations of the prompt by all models, and the next tokens they expect. */
export function ContinueSection({ choices }: { readonly choices: readonly ModelChoice[] }) {
  const columns = useAppState((state) => state.tryStage.columns);
  const running = useAppState((state) => state.tryStage.running.write);
  const view = useAppState((state) => state.view);
  const title = useId();
  const shown = columns.map((column): Result => {
    const choice = choices.find(({ id }) => id === column.model);
    const written = currentResult(column.written, choice);
    const stale =
      written !== undefined && (written.settings !== settingsKey(view) || written.steps !== choice?.steps);
    return { column, choice, written, stale };
  });
  const asked = shown.filter(({ written }) => written?.next !== undefined);

  return (
    <section className="try-section" aria-labelledby={title}>
      <h3 id={title}>Continue</h3>
      <PromptForm />
      {shown.some(({ written }) => written) ? (
        <div className="try-columns">
          {shown.map((one) => (
            <Continuation key={one.column.id} shown={one} active={running?.column === one.column.id} />
          ))}
        </div>
      ) : (
        <p className="hint">
          Every model continues the same prompt with the same random numbers, one after the other. A new block
          whose output projections are zero writes what the base model writes.
        </p>
      )}
      {asked.length > 0 && (
        <>
          <h4 className="try-subtitle">Next token after the prompt</h4>
          <div className="try-columns">
            {shown.map(({ column, choice, written, stale }) => (
              <ResultCell key={column.id} title={choice?.title ?? 'No model'} stale={stale}>
                {written?.next && (
                  <NextTokens
                    label="Next token after the prompt"
                    tokens={written.next}
                    others={asked.flatMap((other) =>
                      other.column.id !== column.id &&
                      other.written?.prompt === written.prompt &&
                      other.written.next
                        ? [other.written.next]
                        : [],
                    )}
                  />
                )}
              </ResultCell>
            ))}
          </div>
        </>
      )}
    </section>
  );
}

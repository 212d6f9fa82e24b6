import { useId } from 'react';
import { Term } from '../glossary/term';
import { Busy } from '../controls/busy';
import { CloseIcon } from '../controls/icons';
import { blockNames } from '../methods/block-names';
import type { TokenInspection, TryColumn } from '../store/state/try';
import type { ModelChoice } from '../store/try/choices';
import { inspectionOf } from '../store/try/reading';
import { useAppState } from '../store/use-app';
import { useTry } from '../store/use-try';
import { fixed, quantity } from '../words/numbers';
import { ResultCell } from './result-cell';
import { LensTable } from './lens-table';
import { NextTokens } from './next-tokens';
import { percent } from './percent';
import { showWhiteSpace } from './white-space';

interface Result {
  readonly column: TryColumn;
  readonly choice: ModelChoice | undefined;
  readonly look: TokenInspection | undefined;
}

function LensCell({ shown, others, target }: { shown: Result; others: readonly Result[]; target: string }) {
  const { column, choice, look } = shown;
  const stopLooking = useTry().stopLooking;
  const running = useAppState((state) => state.tryStage.running.look);
  const layers = useAppState((state) => state.model.info?.layers ?? 0);
  const id = column.read?.ids[look?.token ?? 0];
  const done = look?.status === 'done';
  return (
    <ResultCell
      title={choice?.title ?? 'No model'}
      stale={look !== undefined && look.steps !== choice?.steps}
      failure={look?.failure}
    >
      {look?.status === 'running' && (
        <Busy
          label="Reading…"
          progress={running?.column === column.id ? running.progress : undefined}
          onCancel={stopLooking}
        />
      )}
      {look?.status === 'stopped' && <p className="hint">Stopped. Choose the token again.</p>}
      {done && (
        <>
          <p className="try-target">
            loss <b>{fixed(look.loss, 3)}</b>, probability <b>{percent(Math.exp(-look.loss))}</b>
          </p>
          <NextTokens
            label="Next tokens at this position"
            tokens={look.next}
            target={id}
            others={others.flatMap((other) =>
              other.column.id !== column.id && other.look?.status === 'done' ? [other.look.next] : [],
            )}
          />
          <h5 className="try-subtitle">
            <Term id="logit-lens">Logit lens by block</Term>
          </h5>
          <LensTable
            rows={look.lens}
            blocks={blockNames(choice?.request.recipe ?? null, layers)}
            target={target}
          />
        </>
      )}
    </ResultCell>
  );
}

/** For the chosen token of the text: what each model expected, and how its prediction forms from block to block. */
export function TokenPanel({ choices }: { readonly choices: readonly ModelChoice[] }) {
  const tryStage = useTry();
  const columns = useAppState((state) => state.tryStage.columns);
  const token = useAppState((state) => state.tryStage.token);
  const title = useId();
  const shown = columns.map((column): Result => {
    const choice = choices.find(({ id }) => id === column.model);
    return { column, choice, look: inspectionOf(column, choice, token) };
  });
  const read = shown.find(({ look }) => look)?.column.read;
  if (token === null || read === undefined) return null;
  const target = read.pieces[token] ?? '';
  const before = read.pieces.slice(Math.max(1, token - 6), token).join('');

  return (
    <section className="try-token-panel" aria-labelledby={title}>
      <div className="row spread">
        <h4 id={title} className="try-subtitle">
          Token {quantity(token, 6)}{' '}
          <code>
            <span>{showWhiteSpace(before)}</span>
            <b>{showWhiteSpace(target)}</b>
          </code>
        </h4>
        <button
          type="button"
          className="icon-button"
          aria-label="Close the token"
          onClick={() => void tryStage.pick(null)}
        >
          <CloseIcon />
        </button>
      </div>
      <div className="try-columns">
        {shown.map((one) => (
          <LensCell key={one.column.id} shown={one} others={shown} target={target} />
        ))}
      </div>
    </section>
  );
}

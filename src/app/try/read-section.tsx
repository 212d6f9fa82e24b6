import { useId, useMemo } from 'react';
import { Term } from '../glossary/term';
import type { TextReading, TryColumn } from '../store/state/try';
import type { ModelChoice } from '../store/try/choices';
import { isMeasured, currentResult } from '../store/try/reading';
import { useAppState } from '../store/use-app';
import { useTry } from '../store/use-try';
import { fixed } from '../words/numbers';
import { BarLegend } from './bar-legend';
import { ResultCell } from './result-cell';
import { ReadForm } from './read-form';
import { lossDifference, differenceScale, lossScale, meanLoss } from './loss-scales';
import { TokenPanel } from './token-panel';
import { TokenText } from './token-text';

interface Result {
  readonly column: TryColumn;
  readonly choice: ModelChoice | undefined;
  readonly read: TextReading | undefined;
  readonly stale: boolean;
}

/** The mean loss, and its difference from the first column's. */
function MeanLoss({ nll, from }: { readonly nll: Float32Array; readonly from: Float32Array | undefined }) {
  if (nll.length === 0) return <p className="hint">One token alone is not predicted.</p>;
  const loss = meanLoss(nll);
  const change = from && loss - meanLoss(from);
  return (
    <p className="try-target">
      mean <Term id="loss">loss</Term> <b>{fixed(loss, 4)}</b>
      {change !== undefined && (
        <>
          , <b>{change === 0 ? '±0, exactly' : `${change > 0 ? '+' : ''}${fixed(change, 4)}`}</b>
        </>
      )}
    </p>
  );
}

/** The loss of every token of a text, for each model. */
export function ReadSection({ choices }: { readonly choices: readonly ModelChoice[] }) {
  const tryStage = useTry();
  const columns = useAppState((state) => state.tryStage.columns);
  const text = useAppState((state) => state.tryStage.text);
  const token = useAppState((state) => state.tryStage.token);
  const running = useAppState((state) => state.tryStage.running.read);
  const vocabSize = useAppState((state) => state.model.info?.vocabSize ?? 2);
  const title = useId();
  const shown = useMemo(
    () =>
      columns.map((column): Result => {
        const choice = choices.find(({ id }) => id === column.model);
        const read = currentResult(column.read, choice);
        const stale = read !== undefined && (read.text !== text || read.steps !== choice?.steps);
        return { column, choice, read, stale };
      }),
    [columns, choices, text],
  );
  const first = shown[0]?.read?.status === 'done' ? shown[0].read : undefined;
  const losses = useMemo(() => lossScale(vocabSize), [vocabSize]);
  const differences = useMemo(
    () =>
      shown.map(({ read }, i) =>
        i > 0 && read?.status === 'done' && first?.text === read.text
          ? lossDifference(read.nll, first.nll)
          : undefined,
      ),
    [shown, first],
  );
  const scale = useMemo(
    () => differenceScale(differences.filter((values) => values !== undefined)),
    [differences],
  );
  const complete = shown.every(
    ({ column, choice }) => choice === undefined || isMeasured(column, choice, text),
  );
  const byLoss = shown.some(({ read }, i) => read?.status === 'done' && differences[i] === undefined);

  return (
    <section className="try-section" data-control="read" aria-labelledby={title}>
      <h3 id={title}>Read a text</h3>
      <ReadForm complete={complete && text !== ''} />
      {shown.some(({ read }) => read) ? (
        <>
          <div className="row wrap try-legends">
            {byLoss && <BarLegend scale={losses} unit="loss (nats)" low="sure" high="a blind guess" />}
            {differences.some(Boolean) && (
              <BarLegend scale={scale} unit="difference (nats)" low="better than the first" high="worse" />
            )}
          </div>
          <div className="try-columns">
            {shown.map(({ column, choice, read, stale }, i) => {
              const name = choice?.title ?? 'No model';
              const values = differences[i];
              return (
                <ResultCell key={column.id} title={name} stale={stale} failure={read?.failure}>
                  {read === undefined && <p className="hint">Not measured yet.</p>}
                  {read?.status === 'running' && (
                    <p className="hint">
                      {running?.column === column.id ? 'Measuring…' : 'Waits for its turn.'}
                    </p>
                  )}
                  {read?.status === 'stopped' && <p className="hint">Stopped.</p>}
                  {read?.status === 'done' && (
                    <>
                      <MeanLoss nll={read.nll} from={values && first?.nll} />
                      <TokenText
                        label={`Tokens, ${name}`}
                        pieces={read.pieces}
                        values={values ?? read.nll}
                        kind={values ? 'difference' : 'loss'}
                        scale={values ? scale : losses}
                        chosen={token}
                        onPick={(at) => void tryStage.pick(at)}
                      />
                      {stale && <p className="hint">Of an earlier text or state; measure again.</p>}
                    </>
                  )}
                </ResultCell>
              );
            })}
          </div>
          {token === null && first && (
            <p className="hint">Choose a token to see what else was expected there, block by block.</p>
          )}
          <TokenPanel choices={choices} />
        </>
      ) : (
        <p className="hint">
          Every token gets its loss under the first model, and under the others how much more or less that is.
        </p>
      )}
    </section>
  );
}

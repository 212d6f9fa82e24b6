import type { ComparisonId } from '../../recipe/view';
import { Busy } from '../controls/busy';
import type { ArmRow } from './rows';
import { verdictOf } from './verdict';

interface VerdictBoxProps {
  readonly comparison: ComparisonId;
  readonly rows: readonly ArmRow[];
  readonly running: boolean;
}

/** What the evaluated arms show; while they are evaluated, how far that is. */
export function VerdictBox({ comparison, rows, running }: VerdictBoxProps) {
  const wanted = rows.filter((row) => row.chosen && row.file === undefined);
  const done = wanted.filter(({ status }) => status === 'done' || status === 'failed').length;
  const current = wanted.find(({ status }) => status === 'running');
  const { title, sentences } = verdictOf(comparison, running ? [] : rows);
  const label = `${done} of ${wanted.length} evaluated${current === undefined ? '' : `, now “${current.title}”`}`;
  return (
    <section className="card verdict" data-control="compare-verdict" aria-labelledby="verdict-title">
      <h3 id="verdict-title">{title}</h3>
      {running ? (
        <Busy label={label} progress={{ label, fraction: done / wanted.length }} />
      ) : (
        <p>{sentences.join(' ')}</p>
      )}
    </section>
  );
}

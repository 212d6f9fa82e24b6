import type { ReactNode } from 'react';
import { Busy } from '../controls/busy';
import { PinIcon } from '../controls/icons';
import { BASE_ARM } from '../store/derived/comparison';
import { useApp } from '../store/use-app';
import { bytes, count, duration, fixed, quantity } from '../words/numbers';
import type { MeasureId } from './measures';
import { MEASURES } from './measures';
import type { ArmRow, SortKey } from './rows';
import { sortRows } from './rows';

const signed = (value: number) => (value === 0 ? '0' : `${value > 0 ? '+' : ''}${fixed(value, 4)}`);
const share = (value: number) => fixed(value, 3);

const WORDS: Partial<Readonly<Record<MeasureId, (value: number) => string>>> = {
  loss: (value) => fixed(value, 4),
  delta: signed,
  reference: signed,
  perplexity: (value) => fixed(value, 2),
  logits: (value) => (value === 0 ? '0 — exactly' : quantity(value, 3)),
  kl: (value) => quantity(value, 3),
  normKept: share,
  agreement: share,
  normToNext: share,
  cosinePrevious: share,
  cosineNext: share,
  blocks: String,
  parameters: count,
  bytes,
  milliseconds: duration,
};

const ALWAYS: readonly MeasureId[] = ['loss', 'delta'];
const REST: readonly MeasureId[] = ['perplexity', 'logits', 'spread'];
const MEASURED: readonly MeasureId[] = [
  'kl',
  'normKept',
  'agreement',
  'normToNext',
  'cosinePrevious',
  'cosineNext',
];
const LAST: readonly MeasureId[] = ['blocks', 'parameters', 'milliseconds'];

/** Measures that depend on plans. They are marked as doubtful if a solver stopped at its iteration cap. */
const FROM_PLANS: ReadonlySet<MeasureId> = new Set(['loss', 'delta', 'reference', 'spread', ...MEASURED]);

/** One bar per tensor; its height is the sharpness of the plan. */
function Sharpness({ row }: { row: ArmRow }) {
  if (row.plans.length === 0) return <span className="none">no plan</span>;
  const words = row.plans.map(({ tensor, spread }) => `${tensor} ${fixed(spread, 2)}`).join(', ');
  return (
    <span
      className="sharpness"
      role="img"
      aria-label={`perplexity / n: ${words}`}
      title={`Plan perplexity / n (1 is uniform): ${words}`}
    >
      {row.plans.map(({ tensor, sharpness }) => (
        <span key={tensor}>
          <i>
            <b style={{ height: `${Math.max(4, 100 * sharpness)}%` }} />
          </i>
          {tensor[0]}
        </span>
      ))}
    </span>
  );
}

type OpenRecipe = (row: ArmRow, anchor: HTMLElement) => void;

/** A number, which opens the recipe behind it. */
function Value({ row, measure, onOpen }: { row: ArmRow; measure: MeasureId; onOpen: OpenRecipe }): ReactNode {
  const value = row.values[measure];
  const isBase = row.id === BASE_ARM.id;
  if (isBase && ['delta', 'logits', 'spread'].includes(measure)) return '';
  if (measure === 'spread') return row.status === 'done' ? <Sharpness row={row} /> : '–';
  if (value === undefined) return '–';
  const doubtful = row.unconverged > 0 && FROM_PLANS.has(measure);
  return (
    <button
      type="button"
      className="number-button"
      title={
        doubtful
          ? `${row.unconverged} plans did not converge. The recipe behind it…`
          : 'The recipe behind it…'
      }
      aria-haspopup="dialog"
      onClick={({ currentTarget }) => onOpen(row, currentTarget)}
    >
      {(WORDS[measure] ?? quantity)(value)}
      {doubtful && <sup aria-label="not converged">†</sup>}
    </button>
  );
}

/** Differences of an arm from the reference. With two or more, its numbers do not show which one is the cause. */
function Differs({ row }: { row: ArmRow }) {
  const { differs } = row;
  if (differs.length === 0) return null;
  return (
    <small className="differs" data-confounded={differs.length > 1}>
      {differs.length > 1 ? `${differs.length} things differ: ` : 'differs in '}
      {differs.join(' + ')}
    </small>
  );
}

function Heading({ row, reference }: { row: ArmRow; reference: string }) {
  const { compare } = useApp();
  const pinned = row.id === reference;
  return (
    <th scope="row">
      <div className="arm">
        {row.id === BASE_ARM.id || row.file !== undefined ? (
          <span className={row.id === BASE_ARM.id ? 'arm-base' : undefined}>
            {row.title}
            {row.file !== undefined && <small>from {row.file}</small>}
            <Differs row={row} />
          </span>
        ) : (
          <label>
            <input
              type="checkbox"
              checked={row.chosen}
              onChange={({ target }) => compare.choose([row.id], target.checked)}
            />
            <span>
              {row.title}
              <small>{row.recipe?.method}</small>
              <Differs row={row} />
            </span>
          </label>
        )}
        <button
          type="button"
          className="icon-button"
          aria-pressed={pinned}
          aria-label={`Compare with ${row.title}`}
          title={pinned ? 'The others are compared with this' : 'Compare the others with this'}
          onClick={() => compare.pin(row.id)}
        >
          <PinIcon />
        </button>
      </div>
    </th>
  );
}

interface ArmTableProps {
  readonly rows: readonly ArmRow[];
  readonly reference: string;
  readonly sort: { readonly key: SortKey; readonly descending: boolean };
  readonly onSort: (key: SortKey) => void;
  readonly onOpen: OpenRecipe;
}

/** Table of arms. Arms can be chosen and pinned, rows sorted by any number, and recipes opened. */
export function ArmTable({ rows, reference, sort, onSort, onOpen }: ArmTableProps) {
  const measured = rows.some((row) => row.measurement !== undefined);
  const columns: readonly MeasureId[] = [
    ...ALWAYS,
    ...(reference === BASE_ARM.id ? [] : ['reference' as const]),
    ...REST,
    ...(measured ? MEASURED : []),
    ...LAST,
  ];
  const heading = (key: SortKey, label: string, title?: string) => (
    <th
      key={key}
      scope="col"
      title={title}
      aria-sort={sort.key === key ? (sort.descending ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" onClick={() => onSort(key)}>
        {label}
      </button>
    </th>
  );
  return (
    // Users must be able to focus and scroll it with the keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="table-scroll" role="region" aria-label="Comparison" tabIndex={0}>
      <table className="arms" data-control="compare-table">
        <thead>
          <tr>
            {heading('arm', 'Arm')}
            {columns.map((key) =>
              heading(key, key === 'spread' ? 'Plan sharpness' : MEASURES[key].label, MEASURES[key].title),
            )}
          </tr>
        </thead>
        <tbody>
          {sortRows(rows, sort.key, sort.descending).map((row) => (
            <tr
              key={row.id}
              data-arm={row.id}
              data-status={row.status}
              data-reference={row.id === reference}
              data-chosen={row.chosen}
            >
              <Heading row={row} reference={reference} />
              {row.status === 'running' || row.status === 'failed' ? (
                <td className="row-state" colSpan={columns.length}>
                  {row.status === 'running' ? (
                    <Busy label="Evaluating…" progress={row.entry?.progress} />
                  ) : (
                    <span className="problem">{row.entry?.failure?.message}</span>
                  )}
                </td>
              ) : (
                columns.map((key) => (
                  <td key={key} data-column={key}>
                    <Value row={row} measure={key} onOpen={onOpen} />
                  </td>
                ))
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

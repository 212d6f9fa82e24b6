import type { ReactNode } from 'react';
import { count, duration, fixed, quantity } from '../numbers';
import { Busy } from '../shell/busy';
import { useApp, useAppState } from '../store/app';
import type { Row, SortKey } from './rows';
import { sortRows } from './rows';

interface Column {
  readonly key: SortKey;
  readonly label: string;
  readonly title?: string;
  readonly cell: (row: Row) => ReactNode;
}

function logitWords(value: number): string {
  return value === 0 ? '0 — exactly' : quantity(value, 3);
}

/** One bar per tensor, as high as its plan is sharp. */
function Sharpness({ row }: { row: Row }) {
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

const number = (value: number | undefined, words: (value: number) => string) =>
  value === undefined ? '–' : words(value);

const COLUMNS: readonly Column[] = [
  {
    key: 'loss',
    label: 'Loss',
    title: 'Mean negative log-likelihood per token, in nats',
    cell: (row) => number(row.loss, (v) => fixed(v, 4)),
  },
  {
    key: 'delta',
    label: 'Δ base',
    title: 'Loss minus the base model’s',
    cell: (row) => number(row.delta, (v) => (v === 0 ? '0' : `${v > 0 ? '+' : ''}${fixed(v, 4)}`)),
  },
  { key: 'perplexity', label: 'Perplexity', cell: (row) => number(row.perplexity, (v) => fixed(v, 2)) },
  {
    key: 'logits',
    label: 'Largest logit difference',
    title: 'Largest absolute difference of any logit from the base model’s',
    cell: (row) => (row.arm === 'base' ? '' : number(row.logits, logitWords)),
  },
  {
    key: 'spread',
    label: 'Plan sharpness',
    title: 'Per tensor, mean over the new blocks: empty is uniform, full is one partner each',
    cell: (row) => (row.arm === 'base' || row.status !== 'done' ? '' : <Sharpness row={row} />),
  },
  { key: 'blocks', label: 'Blocks', cell: (row) => number(row.blocks, String) },
  { key: 'parameters', label: 'Parameters', cell: (row) => number(row.parameters, count) },
  { key: 'milliseconds', label: 'Time', cell: (row) => number(row.milliseconds, duration) },
];

function RowState({ row }: { row: Row }) {
  if (row.status === 'running') return <Busy label="Evaluating…" progress={row.entry?.progress} />;
  if (row.status === 'failed') return <span className="problem">{row.entry?.failure?.message}</span>;
  return null;
}

function ArmRow({ row }: { row: Row }) {
  const { recipe } = useApp();
  const current = useAppState((state) => state.recipe.current.method);
  const { arm } = row;
  return (
    <tr data-arm={arm} data-status={row.status} data-current={arm === current}>
      <th scope="row">
        {arm === 'base' ? (
          <span className="arm-base">{row.title}</span>
        ) : (
          <label>
            <input type="radio" name="arm" checked={arm === current} onChange={() => recipe.setMethod(arm)} />
            <span>
              {row.title}
              <small>{arm}</small>
            </span>
          </label>
        )}
      </th>
      {row.status === 'running' || row.status === 'failed' ? (
        <td className="row-state" colSpan={COLUMNS.length}>
          <RowState row={row} />
        </td>
      ) : (
        COLUMNS.map((column) => (
          <td key={column.key} data-column={column.key}>
            {column.cell(row)}
          </td>
        ))
      )}
    </tr>
  );
}

interface ArmTableProps {
  readonly rows: readonly Row[];
  readonly sort: { readonly key: SortKey; readonly descending: boolean };
  readonly onSort: (key: SortKey) => void;
}

/** The table of arms. Choosing an arm makes its method the recipe's. */
export function ArmTable({ rows, sort, onSort }: ArmTableProps) {
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
    // A scrolling region has to be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="table-scroll" role="region" aria-label="Comparison" tabIndex={0}>
      <table className="arms">
        <thead>
          <tr>
            {heading('arm', 'Method')}
            {COLUMNS.map(({ key, label, title }) => heading(key, label, title))}
          </tr>
        </thead>
        <tbody>
          {sortRows(rows, sort.key, sort.descending).map((row) => (
            <ArmRow key={row.arm} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

import { Fragment, useState } from 'react';
import type { TermId } from '../../lessons/glossary/terms';
import { TermMark } from '../glossary/term';
import { Busy } from '../controls/busy';
import { ArmHeading } from './arm-heading';
import type { OpenRecipe } from './arm-value';
import { Value } from './arm-value';
import { columnsOf } from './columns';
import { EqualRow } from './equal-row';
import type { MeasureId } from './measures';
import { labelOf } from './measures';
import type { ArmRow, SortKey } from './rows';
import { equalArms, sortRows } from './rows';

interface ArmTableProps {
  readonly rows: readonly ArmRow[];
  readonly reference: string;
  readonly sort: { readonly key: SortKey; readonly descending: boolean };
  readonly onSort: (key: SortKey) => void;
  readonly onOpen: OpenRecipe;
}

interface RowProps {
  readonly row: ArmRow;
  readonly reference: string;
  readonly columns: readonly MeasureId[];
  readonly onOpen: OpenRecipe;
}

function Row({ row, reference, columns, onOpen }: RowProps) {
  return (
    <tr
      data-arm={row.id}
      data-status={row.status}
      data-reference={row.id === reference}
      data-chosen={row.chosen}
      data-equals-base={row.equalsBase && row.file === undefined}
    >
      <ArmHeading row={row} reference={reference} />
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
  );
}

/**
 * Table of arms. Arms can be chosen and pinned, rows sorted by any number, and recipes opened. Arms that are equal by
 * construction are one row, which opens to one row each.
 */
export function ArmTable({ rows, reference, sort, onSort, onOpen }: ArmTableProps) {
  const [unfolded, setUnfolded] = useState(false);
  const columns = columnsOf(rows, reference);
  const equal = equalArms(rows);
  const sorted = sortRows(rows, sort.key, sort.descending);
  const first = sorted.find((row) => equal.includes(row));
  const rowOf = (row: ArmRow) => (
    <Row key={row.id} row={row} reference={reference} columns={columns} onOpen={onOpen} />
  );
  const termOf = (key: MeasureId): TermId | undefined => {
    const { term } = labelOf(key);
    // A word is explained at its first use.
    return columns.find((other) => labelOf(other).term === term) === key ? term : undefined;
  };
  const heading = (key: SortKey, label: string, term?: TermId, title?: string) => (
    <th
      key={key}
      scope="col"
      title={title}
      aria-sort={sort.key === key ? (sort.descending ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" onClick={() => onSort(key)}>
        {label}
      </button>
      {term && <TermMark id={term} />}
    </th>
  );
  return (
    // Users must be able to focus and scroll it with the keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="table-scroll" role="region" aria-label="Comparison" tabIndex={0}>
      <table className="arms" data-control="compare-table">
        <thead>
          <tr>
            {heading('arm', 'Arm', 'arm')}
            {columns.map((key) =>
              heading(
                key,
                key === 'spread' ? 'Plan sharpness' : labelOf(key).label,
                termOf(key),
                labelOf(key).title,
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => {
            if (!equal.includes(row)) return rowOf(row);
            if (row !== first) return null;
            return (
              <Fragment key="equal">
                <EqualRow
                  rows={equal}
                  reference={reference}
                  columns={columns}
                  open={unfolded}
                  onToggle={() => setUnfolded(!unfolded)}
                />
                {unfolded && sorted.filter((other) => equal.includes(other)).map(rowOf)}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

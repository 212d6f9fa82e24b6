import type { KeyboardEvent, Ref } from 'react';
import type { Cell } from '../../../lessons/by-hand/painted';
import { COSTS, type Matrix, SIZE, sourceName, targetName } from '../../../lessons/by-hand/problem';
import { fixed } from '../../words/numbers';
import { MarginalBar } from './marginal-bar';
import { PairContent, pairLook } from './pair';
import { useByHandWords } from './use-by-hand-words';

/** A mouse goes down on a cell, or over it while down; a finger comes down; a click or tap ends. */
export type Press = 'down' | 'over' | 'touch' | 'click';

/** What stands at the end of a row or column: its sum as a share of the marginal, and a note. */
interface End {
  readonly share: number;
  readonly note: string;
}

interface PlanGridProps {
  /** T·n: 1 is all the mass of a source. */
  readonly shares: Matrix;
  /** What is written for the mass of a cell, and what is read out. */
  readonly mass: (cell: Cell) => { readonly shown: string; readonly said: string };
  readonly ends: { readonly rows: readonly End[]; readonly columns: readonly End[] };
  /** Undefined: the plan is only to be read. */
  readonly editing?: {
    readonly selected: Cell;
    readonly ref: Ref<HTMLDivElement>;
    readonly onFocus: (cell: Cell) => void;
    readonly onKeyDown: (event: KeyboardEvent) => void;
    readonly onPress: (cell: Cell, how: Press) => void;
  };
}

const LINES = Array.from({ length: SIZE }, (_, k) => k);

/** The plan as a table: the mass of every pair, coloured as on the stage, over its cost; and what rows and columns sum to. */
export function PlanGrid({ shares, mass, ends, editing }: PlanGridProps) {
  const words = useByHandWords();
  const role = editing ? 'gridcell' : 'cell';

  function pair(row: number, column: number) {
    const cell = { row, column };
    const cost = COSTS[row]?.[column] ?? 0;
    const { shown, said } = mass(cell);
    const label = words.cell(row, column, fixed(cost, 2), said);
    const look = pairLook(shares[row]?.[column] ?? 0, shown);
    const content = <PairContent mass={shown} cost={cost} />;
    if (editing === undefined)
      return (
        <div key={column} role="cell" className="pair" aria-label={label} {...look}>
          {content}
        </div>
      );
    const chosen = editing.selected.row === row && editing.selected.column === column;
    return (
      <div
        key={column}
        role="gridcell"
        className="pair"
        aria-label={label}
        aria-selected={chosen}
        tabIndex={chosen ? 0 : -1}
        {...look}
        onFocus={() => editing.onFocus(cell)}
        onKeyDown={editing.onKeyDown}
        onPointerDown={(event) => {
          if (event.button === 0) editing.onPress(cell, event.pointerType === 'mouse' ? 'down' : 'touch');
        }}
        onPointerEnter={(event) => {
          if (event.buttons === 1 && event.pointerType === 'mouse') editing.onPress(cell, 'over');
        }}
        onClick={() => editing.onPress(cell, 'click')}
      >
        {content}
      </div>
    );
  }

  return (
    <div
      ref={editing?.ref}
      role={editing ? 'grid' : 'table'}
      className="plan-grid"
      data-editing={editing !== undefined}
      aria-label={words.grid}
    >
      <div role="row">
        <span role={role} />
        {LINES.map((column) => (
          <span key={column} role="columnheader" className="target" aria-label={words.target(column)}>
            {targetName(column)}
          </span>
        ))}
        <span role={role} />
      </div>
      {LINES.map((row) => (
        <div key={row} role="row">
          <span role="rowheader" className="source" aria-label={words.source(row)}>
            {sourceName(row)}
          </span>
          {LINES.map((column) => pair(row, column))}
          <span role={role} className="row-end">
            <MarginalBar side="rows" {...(ends.rows[row] ?? NOTHING)} />
          </span>
        </div>
      ))}
      <div role="row">
        <span role={role} />
        {LINES.map((column) => (
          <span key={column} role={role} className="column-end">
            <MarginalBar side="columns" {...(ends.columns[column] ?? NOTHING)} />
          </span>
        ))}
        <span role={role} />
      </div>
    </div>
  );
}

const NOTHING: End = { share: 0, note: '' };

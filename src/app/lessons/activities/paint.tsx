import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import {
  ALL_UNITS,
  type Cell,
  NEAREST_FIRST,
  OPTIMUM,
  PAIRINGS,
  UNITS,
  costOf,
  isComplete,
  isOptimal,
  missing,
  splitSources,
} from '../../../lessons/by-hand/painted';
import { SIZE, entryOf, sum } from '../../../lessons/by-hand/problem';
import { ActionButton } from '../../controls/action-button';
import { MinusIcon, PlusIcon } from '../../controls/icons';
import { quantity } from '../../words/numbers';
import type { ActivityProps } from './activity-props';
import { CostScale } from './cost-scale';
import {
  NEW_PAINTING,
  type Painting,
  addUnits,
  nextPainting,
  painting,
  pour,
  setUnits,
  undone,
} from './painting';
import { PlanGrid, type Press } from './plan-grid';
import { Plane } from './plane';
import { useByHandWords } from './use-by-hand-words';
import { useKept } from './use-kept';
import { useShowMe } from './use-show-me';
import '../../styles/by-hand.css';

/** Pause between the things that Show me does. */
const SHOW_MS = 700;

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

const clamp = (index: number): number => Math.max(0, Math.min(SIZE - 1, index));

/** Values for conditions and texts: `activity.cost` and so on. */
function readingsOf({ painted, revealed }: Painting) {
  return {
    placed: sum(painted.flat()),
    units: ALL_UNITS,
    cost: costOf(painted),
    complete: isComplete(painted) ? 'yes' : 'no',
    optimal: isOptimal(painted) ? 'yes' : 'no',
    split: splitSources(painted),
    nearest: costOf(NEAREST_FIRST),
    optimum: OPTIMUM.cost,
    pairings: PAIRINGS.length,
    excessShare: costOf(painted) / OPTIMUM.cost - 1,
    tried: revealed ? 'yes' : 'no',
  };
}

/** Transport by hand: a plan of five sources and five targets is painted, and its cost compared with the optimum. */
export default function Paint({ report, press }: ActivityProps) {
  const words = useByHandWords();
  const [state, change] = useKept<Painting>('paint', NEW_PAINTING);
  const [selected, select] = useState<Cell>({ row: 0, column: 0 });
  const grid = useRef<HTMLDivElement>(null);
  const pressed = useRef(false);
  const { painted, revealed, before } = state;
  const readings = useMemo(() => readingsOf(state), [state]);
  useEffect(() => report(readings), [report, readings]);

  useShowMe(
    press,
    () => {
      change(nextPainting);
      return true;
    },
    SHOW_MS,
  );

  /** Moves the selection; with the focus if the grid has it. */
  function choose(cell: Cell): void {
    select(cell);
    const target = grid.current?.querySelectorAll<HTMLElement>('.pair')[cell.row * SIZE + cell.column];
    target?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    const { key } = event;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const move = MOVES[key];
    if (move) choose({ row: clamp(selected.row + move[0]), column: clamp(selected.column + move[1]) });
    else if (/^[0-9]$/.test(key)) change((now) => setUnits(now, selected, Number(key)));
    else if (key === '+' || key === '=') change((now) => addUnits(now, selected, 1));
    else if (key === '-' || key === '−') change((now) => addUnits(now, selected, -1));
    else if (key === 'Backspace' || key === 'Delete') change((now) => setUnits(now, selected, 0));
    else if (key === 'Enter' || key === ' ') change((now) => pour(now, selected));
    else return;
    event.preventDefault();
  }

  function onPress(cell: Cell, how: Press): void {
    // A mouse paints while it is down, and the click that follows belongs to that; a finger paints by its tap.
    const handled = how === 'click' && pressed.current;
    pressed.current = how === 'down' || how === 'over';
    if (handled || how === 'touch') return;
    choose(cell);
    const full = entryOf(painted, cell.row, cell.column) === UNITS;
    if (how === 'over') change((now) => addUnits(now, cell, 1));
    else change((now) => (full ? setUnits(now, cell, 0) : addUnits(now, cell, 1)));
  }

  /** Undoes what was painted, not the page's recipe. */
  function undoByKey(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.key.toLowerCase() !== 'z') return;
    event.preventDefault();
    change(undone);
  }

  const rest = missing(painted);
  const end = (left: number) => ({
    share: 1 - left / UNITS,
    note: left === 0 ? words.met : left > 0 ? words.left(left) : words.over(-left),
  });
  const shares = useMemo(() => painted.map((row) => row.map((units) => units / UNITS)), [painted]);
  const units = entryOf(painted, selected.row, selected.column);
  const cost = quantity(readings.cost);
  const overfull = [...rest.rows, ...rest.columns].some((value) => value < 0);
  const status =
    readings.optimal === 'yes'
      ? words.equal(cost)
      : readings.complete === 'yes'
        ? words.complete(cost, quantity(OPTIMUM.cost))
        : overfull
          ? words.tooMuch(cost)
          : words.soFar(cost, ALL_UNITS - readings.placed);

  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className="by-hand" onKeyDown={undoByKey}>
      <Plane
        shares={shares}
        label={words.plane}
        selected={selected}
        onPour={(cell) => {
          select(cell);
          change((now) => pour(now, cell));
        }}
      />
      <PlanGrid
        shares={shares}
        mass={({ row, column }) => {
          const value = entryOf(painted, row, column);
          return { shown: value === 0 ? '' : String(value), said: words.units(value) };
        }}
        ends={{ rows: rest.rows.map(end), columns: rest.columns.map(end) }}
        editing={{ selected, ref: grid, onFocus: select, onKeyDown, onPress }}
      />
      <p role="status" className="by-hand-status">
        {status}
      </p>
      {revealed && <CostScale cost={readings.cost} complete={readings.complete === 'yes'} />}
      <div className="by-hand-buttons">
        <ActionButton
          className="icon-button bordered"
          aria-label={words.less}
          unavailable={units === 0 ? words.cellEmpty : undefined}
          onClick={() => change((now) => addUnits(now, selected, -1))}
        >
          <MinusIcon />
        </ActionButton>
        <ActionButton
          className="icon-button bordered"
          aria-label={words.more}
          unavailable={units === UNITS ? words.cellFull : undefined}
          onClick={() => change((now) => addUnits(now, selected, 1))}
        >
          <PlusIcon />
        </ActionButton>
        <span className="spring" />
        <ActionButton
          className="button"
          unavailable={before.length === 0 ? words.nothingToUndo : undefined}
          onClick={() => change(undone)}
        >
          {words.undo}
        </ActionButton>
        <ActionButton
          className="button"
          unavailable={readings.placed === 0 ? words.nothingToClear : undefined}
          onClick={() => change((now) => painting(now, NEW_PAINTING.painted))}
        >
          {words.clear}
        </ActionButton>
      </div>
      <p className="hint">{words.hint}</p>
    </div>
  );
}

import {
  type Cell,
  EMPTY,
  NEAREST_FIRST,
  OPTIMUM,
  type Painted,
  SPLIT,
  completed,
  isComplete,
  isOptimal,
  pairing,
  poured,
  roomOf,
  splitSources,
  withUnits,
} from '../../../lessons/by-hand/painted';
import { entryOf, sum } from '../../../lessons/by-hand/problem';

/** What has been painted, and what can be undone. */
export interface Painting {
  readonly painted: Painted;
  readonly before: readonly Painted[];
  /** True once a plan was complete: the optimum is shown from then on. */
  readonly revealed: boolean;
}

export const NEW_PAINTING: Painting = { painted: EMPTY, before: [], revealed: false };

const MOST_UNDONE = 200;

export function painting(state: Painting, painted: Painted): Painting {
  if (painted.flat().join() === state.painted.flat().join()) return state;
  return {
    painted,
    before: [...state.before.slice(1 - MOST_UNDONE), state.painted],
    revealed: state.revealed || isComplete(painted),
  };
}

export function undone(state: Painting): Painting {
  const painted = state.before.at(-1);
  return painted ? { ...state, painted, before: state.before.slice(0, -1) } : state;
}

export const setUnits = (state: Painting, cell: Cell, units: number): Painting =>
  painting(state, withUnits(state.painted, cell, units));

export const addUnits = (state: Painting, cell: Cell, units: number): Painting =>
  setUnits(state, cell, entryOf(state.painted, cell.row, cell.column) + units);

/** Puts into a cell what its source has left; if that is nothing, takes the cell's mass back. */
export const pour = (state: Painting, cell: Cell): Painting =>
  roomOf(state.painted, cell) > 0 ? painting(state, poured(state.painted, cell)) : setUnits(state, cell, 0);

/** What a person would paint next: a first pair, the nearest pairs, the optimum, a split plan, the optimum again. */
export function nextPainting(state: Painting): Painting {
  const { painted } = state;
  if (sum(painted.flat()) === 0) {
    const row = NEAREST_FIRST.findIndex((units) => sum(units) > 0);
    return pour(state, { row, column: NEAREST_FIRST[row]?.findIndex((units) => units > 0) ?? 0 });
  }
  if (!isComplete(painted)) return painting(state, completed(painted));
  const optimum = pairing(OPTIMUM.targets);
  return painting(state, isOptimal(painted) && splitSources(painted) === 0 ? SPLIT : optimum);
}

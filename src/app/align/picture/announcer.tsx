import { useEffect, useState } from 'react';
import type { Cell } from '../../../engine/jobs';
import { useApp } from '../../store/use-app';
import { quantity } from '../../words/numbers';

/** Milliseconds without movement before a cell is read out, because a moving cursor would be a stream of numbers. */
const REST_MS = 450;

function cellWords(cell: Cell): string {
  const mass = cell.mass === undefined ? '' : `, mass ${quantity(cell.mass, 3)}`;
  return `Row ${cell.row}, column ${cell.column}: cost ${quantity(cell.cost)}${mass}`;
}

/** Announces the cell under the cursor to screen readers. */
export function CellAnnouncer() {
  const { store } = useApp();
  const [words, setWords] = useState('');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = store.subscribe(
      (state) => state.cell.result,
      (cell) => {
        clearTimeout(timer);
        timer = setTimeout(() => setWords(cell === undefined ? '' : cellWords(cell)), REST_MS);
      },
    );
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [store]);
  return (
    <p className="visually-hidden" role="status" aria-label="Cell">
      {words}
    </p>
  );
}

import { shownCell } from '../../store/derived/cell';
import { useApp, useAppState } from '../../store/use-app';
import { quantity } from '../../words/numbers';
import type { Ribbon } from './use-ribbons';

/** The ribbons as a table, for screen readers and to select a pair by name. */
export function PairList({ ribbons, mass }: { ribbons: readonly Ribbon[]; mass: boolean }) {
  const { cell } = useApp();
  const selected = useAppState(shownCell);
  return (
    <details className="pair-list">
      <summary>As a list</summary>
      {/* Users must be able to focus and scroll it with the keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div tabIndex={0} role="region" aria-label="Strongest pairs">
        <table>
          <thead>
            <tr>
              <th scope="col">#</th>
              <th scope="col">row → column</th>
              <th scope="col">{mass ? 'n·T' : 'cost'}</th>
            </tr>
          </thead>
          <tbody>
            {ribbons.map(({ row, column, value }, i) => (
              <tr key={`${row} ${column}`}>
                <td>{i + 1}</td>
                <td>
                  <button
                    type="button"
                    aria-current={selected?.row === row && selected.column === column}
                    onClick={() => cell.visit({ row, column })}
                  >
                    {row} → {column}
                  </button>
                </td>
                <td>{quantity(value, 3)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

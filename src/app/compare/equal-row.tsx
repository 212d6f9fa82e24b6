import { useEffect, useRef } from 'react';
import { useApp } from '../store/use-app';
import { measureText } from './arm-value';
import type { MeasureId } from './measures';
import type { ArmRow } from './rows';
import { EQUAL_TITLE } from './rows';

interface EqualRowProps {
  readonly rows: readonly ArmRow[];
  readonly reference: string;
  readonly columns: readonly MeasureId[];
  readonly open: boolean;
  readonly onToggle: () => void;
}

/** A measure of all rows: one value, or from the least to the largest. */
function rangeText(rows: readonly ArmRow[], measure: MeasureId): string {
  const values = rows.flatMap((row) => row.values[measure] ?? []);
  if (values.length === 0 || measure === 'spread') return '–';
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) =>
    measureText(measure, value),
  );
  return least === most ? (least ?? '') : `${least} … ${most}`;
}

/** One row for the arms that are equal by construction. It says why they are, and opens to a row for each. */
export function EqualRow({ rows, reference, columns, open, onToggle }: EqualRowProps) {
  const { compare } = useApp();
  const box = useRef<HTMLInputElement>(null);
  const chosen = rows.filter((row) => row.chosen).length;
  const some = chosen > 0 && chosen < rows.length;
  const done = rows.filter(({ status }) => status === 'done').length;
  const running = rows.some(({ status }) => status === 'running');
  const failed = rows.filter(({ status }) => status === 'failed').length;
  const pinned = rows.find(({ id }) => id === reference);
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = some;
  }, [some]);

  return (
    <tr
      data-equal={open ? 'open' : 'folded'}
      data-reference={pinned !== undefined && !open}
      data-chosen={chosen > 0}
    >
      <th scope="row">
        <div className="arm">
          <span className="equal-title">
            <input
              ref={box}
              type="checkbox"
              checked={chosen === rows.length}
              aria-label={`All ${rows.length} zeroed arms`}
              onChange={({ target }) =>
                compare.choose(
                  rows.map(({ id }) => id),
                  target.checked,
                )
              }
            />
            <button type="button" aria-expanded={open} onClick={onToggle}>
              {rows.length} {EQUAL_TITLE.toLowerCase()}
            </button>
          </span>
        </div>
        <small className="why">
          Their output projections start at zero, so a new block adds nothing to the residual stream: loss and
          logits are the base’s, whatever else its weights are.
          {pinned !== undefined && !open && ` The reference, “${pinned.title}”, is one of them.`}
          {done > 0 && done < rows.length && ` ${done} evaluated.`}
          {running && ' One is being evaluated.'}
          {failed > 0 && ` ${failed} failed.`}
        </small>
      </th>
      {columns.map((key) => (
        <td key={key} data-column={key}>
          {rangeText(rows, key)}
        </td>
      ))}
    </tr>
  );
}

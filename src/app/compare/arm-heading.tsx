import { PinIcon } from '../controls/icons';
import { BASE_ARM } from '../store/derived/comparison';
import { useApp } from '../store/use-app';
import { differenceText } from '../words/differences';
import type { ArmRow } from './rows';

/** Differences of an arm from the reference. With two or more, its numbers do not show which one is the cause. */
function Differs({ row }: { row: ArmRow }) {
  return row.differs.length === 0 ? null : <small className="differs">{differenceText(row.differs)}</small>;
}

/** Name of an arm, what it differs in, and the controls that choose and pin it. */
export function ArmHeading({ row, reference }: { row: ArmRow; reference: string }) {
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

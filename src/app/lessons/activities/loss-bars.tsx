import { fixed } from '../../words/numbers';

interface LossBarsProps {
  readonly label: string;
  /** What is measured, and its loss; undefined: not yet. */
  readonly rows: readonly (readonly [name: string, loss: number | undefined])[];
  /** Said in place of a loss that is not known. */
  readonly unknown: string;
}

/** Losses as bars. They begin at the lowest loss less a third of the spread, so that what is equal looks equal. */
export function LossBars({ label, rows, unknown }: LossBarsProps) {
  const known = rows.flatMap(([, loss]) => (loss === undefined ? [] : [loss]));
  const low = Math.min(...known);
  const spread = Math.max(Math.max(...known) - low, 0.01);
  return (
    <table className="loss-bars">
      <caption>{label}</caption>
      <tbody>
        {rows.map(([name, loss]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              {loss !== undefined && (
                <span
                  className="bar"
                  style={{ inlineSize: `${(100 * (loss - low + spread / 3)) / (spread * (4 / 3))}%` }}
                />
              )}
            </td>
            <td className="num">
              {loss === undefined ? <span aria-label={unknown}>–</span> : fixed(loss, 4)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

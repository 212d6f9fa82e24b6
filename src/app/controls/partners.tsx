import type { Partner } from '../../engine/jobs';
import { quantity } from '../words/numbers';

interface PartnersProps {
  readonly title: string;
  readonly arrow: string;
  readonly partners: readonly Partner[];
  /** True if values are masses (larger is better), false if costs (smaller is better). */
  readonly masses: boolean;
  readonly current: number;
  readonly onGo: (index: number) => void;
}

/** List of the best partners of a neuron, block or head; a click selects the partner. */
export function Partners({ title, arrow, partners, masses, current, onGo }: PartnersProps) {
  const largest = Math.max(...partners.map(({ value }) => value), Number.MIN_VALUE);
  return (
    <section className="partners">
      <h3>{title}</h3>
      <ol>
        {partners.map(({ index, value }) => (
          <li key={index}>
            <button type="button" aria-current={index === current} onClick={() => onGo(index)}>
              <span>
                {arrow} {index}
              </span>
              <span className="bar">
                <i style={{ width: `${(100 * value) / largest}%` }} />
              </span>
              <span>{masses ? quantity(value, 2) : quantity(value, 4)}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

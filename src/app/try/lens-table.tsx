import type { LensRow } from '../../engine/jobs';
import type { NamedBlock } from '../methods/block-names';
import { quantity } from '../words/numbers';
import { percent } from './percent';
import { showWhiteSpace } from './white-space';

interface LensTableProps {
  readonly rows: readonly LensRow[];
  /** The model's blocks with their names, from bottom to top. */
  readonly blocks: readonly NamedBlock[];
  /** The token that really follows in the text. */
  readonly target: string;
}

/** Logit lens: the next token that the model predicts after each block, with the last block on top as in the tower. */
export function LensTable({ rows, blocks, target }: LensTableProps) {
  return (
    <table className="try-lens">
      <caption className="visually-hidden">
        Logit lens: the best next token if the model ended after a block
      </caption>
      <thead>
        <tr>
          <th scope="col">block</th>
          <th scope="col">best token</th>
          <th scope="col">
            <span className="visually-hidden">its probability</span>
          </th>
          <th scope="col" title="Probability of the token that does follow">
            {showWhiteSpace(target)}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.toReversed().map(({ layer, isNew, top: [best, ...others], targetProbability, entropy }) => (
          <tr
            key={layer}
            data-new={isNew}
            title={`then ${others.map(({ piece }) => showWhiteSpace(piece)).join(' ')}; entropy ${quantity(entropy, 3)} nats`}
          >
            <th scope="row">
              {isNew && <span className="visually-hidden">new block </span>}
              {layer < 0 ? (
                <abbr title="The embedding, before any block">emb</abbr>
              ) : (
                (blocks[layer]?.name ?? layer)
              )}
            </th>
            <td>
              <code>{best ? showWhiteSpace(best.piece) : '–'}</code>
            </td>
            <td>
              <span className="try-bar" aria-hidden="true">
                <i style={{ width: `${100 * (best?.probability ?? 0)}%` }} />
              </span>
              <span className="try-number">{best ? percent(best.probability) : '–'}</span>
            </td>
            <td className="try-number">{targetProbability === null ? '–' : percent(targetProbability)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

import type { TokenChance } from '../../engine/jobs';
import { percent } from './percent';
import { showWhiteSpace } from './white-space';

interface NextTokensProps {
  readonly tokens: readonly TokenChance[];
  /** Most probable tokens of the other columns here. */
  readonly others: readonly (readonly TokenChance[])[];
  /** The token that really follows in the text. */
  readonly target?: number | undefined;
  readonly label: string;
}

/** The most probable next tokens. Tokens that other models do not list are marked. */
export function NextTokens({ tokens, others, target, label }: NextTokensProps) {
  return (
    <ol className="try-next" aria-label={label}>
      {tokens.map(({ id, piece, probability }) => {
        const own = others.some((other) => !other.some((token) => token.id === id));
        return (
          <li key={id} data-own={own} data-target={id === target}>
            <code>
              {showWhiteSpace(piece)}
              {own && (
                <sup title="Another model does not have it in its top 10">
                  *<span className="visually-hidden">not in another model’s top 10</span>
                </sup>
              )}
            </code>
            <span className="try-bar" aria-hidden="true">
              <i style={{ width: `${100 * probability}%` }} />
            </span>
            <span className="try-number">{percent(probability)}</span>
          </li>
        );
      })}
    </ol>
  );
}

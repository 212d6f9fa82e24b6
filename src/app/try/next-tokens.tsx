import type { TokenChance } from '../../engine/jobs';
import { percent } from './percent';
import { visible } from './pieces';

interface NextTokensProps {
  readonly tokens: readonly TokenChance[];
  /** What other columns have at this place, if there are any. */
  readonly others: readonly (readonly TokenChance[])[];
  /** The token that does follow. */
  readonly target?: number | undefined;
  readonly label: string;
}

/** The most probable next tokens, with what other models do not have among theirs marked. */
export function NextTokens({ tokens, others, target, label }: NextTokensProps) {
  return (
    <ol className="try-next" aria-label={label}>
      {tokens.map(({ id, piece, probability }) => {
        const own = others.some((other) => !other.some((token) => token.id === id));
        return (
          <li key={id} data-own={own} data-target={id === target}>
            <code>
              {visible(piece)}
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

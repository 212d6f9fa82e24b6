import type { ReactNode } from 'react';
import { SnowIcon } from '../controls/icons';
import type { BlockShares } from './block-shares';

/** Attention and MLP as two bars whose lengths are their shares of the parameters. A part that starts at zero is hollow. */
export function BlockGlyph({ shares, zeroed }: { shares: BlockShares; zeroed: boolean }) {
  const bars = [
    [shares.attention, shares.attentionOut],
    [shares.mlp, shares.mlpOut],
  ] as const;
  return (
    <span className="glyph" aria-hidden="true">
      {bars.map(([length, out]) => (
        <span key={length} style={{ width: `${100 * length}%` }}>
          <i style={{ flexGrow: 1 - out }} />
          <i className={zeroed ? 'hollow' : ''} style={{ flexGrow: out }} />
        </span>
      ))}
    </span>
  );
}

/** Row of a base block. It is frozen, so it has no actions. */
export function BlockRow(props: {
  readonly index: number;
  readonly glyph: ReactNode;
  /** The measure as words that follow the name; `mark` is its drawing. */
  readonly measured: string;
  readonly mark: ReactNode;
}) {
  const { index, glyph, measured, mark } = props;
  return (
    <li className="block base">
      <span className="block-name">
        <span className="visually-hidden">Base block </span>
        {index}
        <span className="visually-hidden">{`, frozen${measured}`}</span>
      </span>
      {glyph}
      {mark}
      <SnowIcon />
    </li>
  );
}

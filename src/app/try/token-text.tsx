import type { CSSProperties, KeyboardEvent } from 'react';
import { memo, useMemo, useState } from 'react';
import { type ColourScale, colourOf, hexOf } from '../drawing/colours';
import { quantity } from '../words/numbers';

interface TokenTextProps {
  readonly label: string;
  readonly pieces: readonly string[];
  /** Loss of every token but the first, or its difference from the first column's, in nats. */
  readonly values: Float32Array;
  readonly kind: 'loss' | 'difference';
  readonly scale: ColourScale;
  /** Index of the chosen token. */
  readonly chosen: number | null;
  readonly onPick: (token: number) => void;
}

/** Height of the largest bar under a token, in CSS pixels. */
const BAR = 11;

/** Style of the bar under a token. Height and colour show the value. */
function barStyle(scale: ColourScale, value: number): CSSProperties {
  const share = Math.min(1, Math.abs(value) / scale.high);
  const height = share === 0 ? 0 : Math.max(1.5, BAR * share);
  return {
    '--bar': hexOf(colourOf(scale, value)),
    '--bar-height': `${height.toFixed(1)}px`,
  } as CSSProperties;
}

const signed = (value: number): string => `${value > 0 ? '+' : ''}${quantity(value, 3)}`;

interface TokenProps {
  readonly at: number;
  readonly piece: string;
  readonly value: number | undefined;
  readonly kind: TokenTextProps['kind'];
  readonly scale: ColourScale;
  readonly chosen: boolean;
  readonly focusable: boolean;
}

const Token = memo(function Token({ at, piece, value, kind, scale, chosen, focusable }: TokenProps) {
  const text = piece.replaceAll('\n', '↵\n');
  if (value === undefined) return <span className="try-token try-first">{text}</span>;
  const words = kind === 'loss' ? `loss ${quantity(value, 3)}` : `${signed(value)} nats`;
  return (
    <span
      className="try-token"
      role="option"
      tabIndex={focusable ? 0 : -1}
      data-token={at}
      aria-selected={chosen}
      aria-label={`${piece.trim() || 'white space'}, ${words}`}
      title={words}
      style={barStyle(scale, value)}
    >
      {text}
    </span>
  );
});

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 10, ArrowUp: -10 };

/** A text with a value per token. One token is focusable; arrow keys move the focus and Enter chooses. */
export function TokenText(props: TokenTextProps) {
  const { label, pieces, values, kind, scale, chosen, onPick } = props;
  const [focused, setFocused] = useState(1);
  const last = pieces.length - 1;
  const reachable = Math.min(Math.max(1, focused), last);

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') onPick(reachable);
    else {
      const step = STEPS[event.key];
      const next =
        event.key === 'Home'
          ? 1
          : event.key === 'End'
            ? last
            : step === undefined
              ? undefined
              : reachable + step;
      if (next === undefined) return;
      const at = Math.max(1, Math.min(last, next));
      setFocused(at);
      event.currentTarget.querySelector<HTMLElement>(`[data-token="${at}"]`)?.focus();
    }
    event.preventDefault();
    // The page's shortcuts use some of these keys.
    event.stopPropagation();
  }

  const tokens = useMemo(() => {
    const seen = new Map<string, number>();
    return pieces.map((piece, at) => {
      const nth = (seen.get(piece) ?? 0) + 1;
      seen.set(piece, nth);
      return { key: `${piece} ${nth}`, piece, value: at === 0 ? undefined : values[at - 1], at };
    });
  }, [pieces, values]);

  return (
    <div
      className="try-tokens"
      role="listbox"
      aria-label={label}
      aria-orientation="horizontal"
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        const found = (event.target as HTMLElement).closest<HTMLElement>('[data-token]');
        const at = Number(found?.dataset['token']);
        if (!found || !Number.isInteger(at)) return;
        setFocused(at);
        onPick(at);
      }}
    >
      {tokens.map(({ key, piece, value, at }) => (
        <Token
          key={key}
          at={at}
          piece={piece}
          value={value}
          kind={kind}
          scale={scale}
          chosen={at === chosen}
          focusable={at === reachable}
        />
      ))}
    </div>
  );
}

/** Bars go to this multiple of the marginal, so that too much can be seen. */
const RANGE = 1.6;

interface MarginalBarProps {
  /** 1 is the marginal. */
  readonly share: number;
  readonly side: 'rows' | 'columns';
  readonly note: string;
}

/** What a row or column of the plan sums to, as a bar with a line at what it must sum to. Bars of columns stand. */
export function MarginalBar({ share, side, note }: MarginalBarProps) {
  const length = `${(100 * Math.min(RANGE, share)) / RANGE}%`;
  const goal = `${100 / RANGE}%`;
  return (
    <>
      <span className="marginal" data-side={side} aria-hidden="true">
        <i style={side === 'rows' ? { width: length } : { height: length }} />
        <b style={side === 'rows' ? { left: goal } : { bottom: goal }} />
      </span>
      <small>{note}</small>
    </>
  );
}

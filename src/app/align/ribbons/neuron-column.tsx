import type { Heads } from '../../drawing/heads';
import { headTint } from '../../drawing/heads';
import type { NeuronLayout } from './neuron-layout';

/** Width of the bar of a block's neurons. */
export const BAR_WIDTH = 7;

interface NeuronColumnProps {
  readonly side: 'left' | 'right';
  /** Horizontal position where the ribbons end. */
  readonly x: number;
  readonly size: number;
  readonly places: NeuronLayout;
  readonly heads: Heads | undefined;
  /** The neuron of the selected pair. */
  readonly selected: number | undefined;
  /** True to use short names of heads. */
  readonly narrow: boolean;
}

/** One block's neurons as a bar, split by head if the tensor has heads. The selected neuron is marked. */
export function NeuronColumn(props: NeuronColumnProps) {
  const { side, x, size, places, heads, selected, narrow } = props;
  const left = side === 'left';
  const bar = left ? x - BAR_WIDTH : x;
  const label = left ? bar - 7 : bar + BAR_WIDTH + 7;
  const anchor = left ? 'end' : 'start';
  const y = selected === undefined ? undefined : places.y(selected);
  return (
    <g className="neuron-column">
      {places.segments.map(({ top, bottom }, head) => {
        const tint = heads && headTint(heads, head);
        const names = heads?.names(head);
        const clear = y === undefined || Math.abs((top + bottom) / 2 - y) > 16;
        return (
          <g key={top}>
            <rect
              className="neuron-bar"
              x={bar}
              y={top}
              width={BAR_WIDTH}
              height={Math.max(0, bottom - top)}
              rx="1.5"
              style={tint && { fill: tint.colour, opacity: 0.55 + tint.opacity }}
            />
            {names && clear && (
              <text x={label} y={(top + bottom) / 2} dy="0.35em" textAnchor={anchor}>
                {narrow ? names.at(-2) : names[0]}
              </text>
            )}
          </g>
        );
      })}
      {!heads &&
        [0, size - 1].map((place) => {
          const at = place === 0 ? 5 : (places.segments[0]?.bottom ?? 0) - 5;
          if (y !== undefined && Math.abs(at - y) <= 14) return null;
          return (
            <text key={place} x={label} y={at} dy="0.35em" textAnchor={anchor} className="place-end">
              {place === 0 ? 'first' : 'last'}
            </text>
          );
        })}
      {y !== undefined && (
        <g className="neuron-selected">
          <rect x={left ? bar - 3 : bar} y={y - 1.5} width={BAR_WIDTH + 3} height="3" />
          <text x={label} y={y} dy="0.35em" textAnchor={anchor}>
            {selected}
          </text>
        </g>
      )}
    </g>
  );
}

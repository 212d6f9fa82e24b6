import type { LayerAxis } from '../store/derived/layer-measures';
import { layerNumber } from '../store/derived/layer-measures';

interface LayerMarkProps {
  readonly axis: LayerAxis;
  readonly value: number | undefined;
  /** Value of the whole model, drawn as a line. */
  readonly reference: number | undefined;
}

function lineStyle({ origin, at }: LayerAxis, value: number): { left: string; width: string } {
  const [from, to] = [Math.min(origin, at(value)), Math.max(origin, at(value))];
  return { left: `${100 * from}%`, width: `${100 * (to - from)}%` };
}

/** A value beside a block: a dot on an axis that all blocks share, and the number. */
export function LayerMark({ axis, value, reference }: LayerMarkProps) {
  const beyond =
    value === undefined ? undefined : value > axis.high ? 'high' : value < axis.low ? 'low' : undefined;
  return (
    <span className="measure" aria-hidden="true">
      <span className="measure-axis">
        {reference !== undefined && (
          <i className="measure-reference" style={{ left: `${100 * axis.at(reference)}%` }} />
        )}
        {value !== undefined && (
          <>
            <i className="measure-line" style={lineStyle(axis, value)} />
            <i className="measure-dot" data-beyond={beyond} style={{ left: `${100 * axis.at(value)}%` }} />
          </>
        )}
      </span>
      <span className="measure-number">{value === undefined ? '' : layerNumber(value)}</span>
    </span>
  );
}

import { useId, useState } from 'react';
import type { Prediction } from '../../lessons/format';
import type { StepRecord } from '../store/state/lesson';
import { quantity } from '../words/numbers';
import { formatReading } from './readings';
import { useLesson } from './use-lesson';
import { useWords } from './use-words';

interface ValueProps {
  readonly predict: Extract<Prediction, { kind: 'value' }>;
  readonly record: StepRecord;
}

const STEPS = 200;

/** A mark to drag to the expected value; afterwards the measured one stands beside it on the same line. */
export function ValuePrediction({ predict, record }: ValueProps) {
  const { guess } = useLesson();
  const { panel } = useWords();
  const id = useId();
  const { from, to, question, reading } = predict;
  const [mark, setMark] = useState((from + to) / 2);
  /** Where a value stands on the line, with its words on the side that has room. */
  const at = (value: number) => {
    const share = Math.min(1, Math.max(0, (value - from) / (to - from)));
    return {
      style: { left: `${(100 * share).toFixed(2)}%` },
      'data-side': share > 0.5 ? 'left' : 'right',
    } as const;
  };
  const measured = record.done ? record.readings[reading] : undefined;

  if (record.guess === undefined)
    return (
      <div className="prediction">
        <label htmlFor={id}>{question}</label>
        <input
          id={id}
          type="range"
          min={from}
          max={to}
          step={(to - from) / STEPS}
          value={mark}
          aria-valuetext={quantity(mark, 3)}
          onChange={(event) => setMark(Number(event.target.value))}
        />
        <div className="row spread">
          <span className="hint">
            {quantity(from)} … <b>{quantity(mark, 3)}</b> … {quantity(to)}
          </span>
          <span className="row">
            <button type="button" className="link-button" onClick={() => guess(null)}>
              {panel.skip}
            </button>
            <button type="button" className="button" onClick={() => guess(mark)}>
              {panel.commit}
            </button>
          </span>
        </div>
      </div>
    );
  return (
    <div className="prediction">
      <p>{question}</p>
      <div className="guess-line">
        {record.guess !== null && (
          <span {...at(record.guess)} data-of="guess">
            {panel.yours} {quantity(record.guess, 3)}
          </span>
        )}
        {typeof measured === 'number' && (
          <span {...at(measured)} data-of="measured">
            {panel.measured} {formatReading(reading, measured)}
          </span>
        )}
      </div>
    </div>
  );
}

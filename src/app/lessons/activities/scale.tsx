import { type KeyboardEvent, useEffect, useId, useMemo } from 'react';
import { OPTIMUM } from '../../../lessons/by-hand/painted';
import { SIZE, columnSums, entryOf, rowSums } from '../../../lessons/by-hand/problem';
import {
  LEVEL,
  halfStepsToLevel,
  measuresOf,
  nextSide,
  scaledPlan,
  scaledTo,
} from '../../../lessons/by-hand/scaling';
import { ActionButton } from '../../controls/action-button';
import { BackIcon } from '../../controls/icons';
import { fixed, quantity } from '../../words/numbers';
import type { ActivityProps } from './activity-props';
import { ErrorTrace } from './error-trace';
import { PlanGrid } from './plan-grid';
import { Plane } from './plane';
import { useByHandWords } from './use-by-hand-words';
import { useKept } from './use-kept';
import { useShowMe } from './use-show-me';
import '../../styles/by-hand.css';

/** Pause between half-steps that Show me does. */
const SHOW_MS = 260;
/** The ε of the start, and a small one that Show me takes next. */
const FIRST = 0.1;
const SMALL = 0.05;

const RANGE = { low: 0.02, high: 1, steps: 60 } as const;
const toSlider = (epsilon: number): number =>
  Math.round((RANGE.steps * Math.log(epsilon / RANGE.low)) / Math.log(RANGE.high / RANGE.low));
const fromSlider = (step: number): number =>
  Number((RANGE.low * (RANGE.high / RANGE.low) ** (step / RANGE.steps)).toPrecision(2));

/** Most half-steps; at the smallest ε the bars are level long before. */
const MOST = 400;

interface State {
  readonly epsilon: number;
  readonly halfSteps: number;
}

/** Transport by scaling: the columns and rows of exp(−M/ε) are scaled in turn, and the marginals level out. */
export default function Scale({ report, press }: ActivityProps) {
  const words = useByHandWords();
  const id = useId();
  const [{ epsilon, halfSteps }, change] = useKept<State>('scale', { epsilon: FIRST, halfSteps: 0 });
  const scaling = useMemo(() => scaledTo(epsilon, halfSteps), [epsilon, halfSteps]);
  const plan = useMemo(() => scaledPlan(scaling), [scaling]);
  const measures = useMemo(() => measuresOf(scaling), [scaling]);
  const isLevel = measures.error <= LEVEL;
  const next = nextSide(scaling);

  useEffect(
    () => report({ epsilon, halfSteps, ...measures, optimum: OPTIMUM.cost, level: isLevel ? 'yes' : 'no' }),
    [report, epsilon, halfSteps, measures, isLevel],
  );

  const step = (by: number): void =>
    change((now) => ({ ...now, halfSteps: Math.max(0, Math.min(MOST, now.halfSteps + by)) }));

  useShowMe(
    press,
    () => {
      if (!isLevel) step(1);
      else if (epsilon > SMALL) change(() => ({ epsilon: SMALL, halfSteps: 0 }));
      else return false;
      return true;
    },
    SHOW_MS,
  );

  function onKeyDown(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || (event.key !== '.' && event.key !== ',')) return;
    event.preventDefault();
    step(event.key === '.' ? 1 : -1);
  }

  const shares = useMemo(() => plan.map((row) => row.map((mass) => mass * SIZE)), [plan]);
  const end = (share: number) => ({ share, note: fixed(share, 2) });
  const side = halfSteps === 0 ? undefined : next === 'rows' ? 'columns' : 'rows';
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className="by-hand" onKeyDown={onKeyDown}>
      <Plane shares={shares} label={words.plane} />
      <PlanGrid
        shares={shares}
        mass={({ row, column }) => {
          const share = fixed(entryOf(shares, row, column), 2);
          return { shown: share, said: share };
        }}
        ends={{ rows: rowSums(shares).map(end), columns: columnSums(shares).map(end) }}
      />
      <p role="status" className="by-hand-status" data-side={side}>
        <b>{side ? words.scaled(side) : words.start}</b>: {words.halfSteps(halfSteps)},{' '}
        {words.error(quantity(measures.error, 2))}
      </p>
      <ErrorTrace epsilon={epsilon} halfSteps={halfSteps} />
      <div className="by-hand-buttons">
        <ActionButton
          className="icon-button bordered"
          aria-label={words.back}
          title={`${words.back} (,)`}
          unavailable={halfSteps === 0 ? words.atStart : undefined}
          onClick={() => step(-1)}
        >
          <BackIcon />
        </ActionButton>
        <button
          type="button"
          className="button scale-next"
          data-side={next}
          title="."
          onClick={() => step(1)}
        >
          {words.scale(next)}
        </button>
        <ActionButton
          className="button"
          unavailable={isLevel ? words.isLevel : undefined}
          onClick={() => change((now) => ({ ...now, halfSteps: halfStepsToLevel(now.epsilon, MOST) }))}
        >
          {words.untilLevel}
        </ActionButton>
      </div>
      <div className="by-hand-epsilon">
        <label htmlFor={id}>
          <i>ε</i>
        </label>
        <input
          id={id}
          type="range"
          min={0}
          max={RANGE.steps}
          step={1}
          value={toSlider(epsilon)}
          aria-valuetext={quantity(epsilon, 2)}
          onChange={(event) => {
            const chosen = fromSlider(Number(event.target.value));
            change(() => ({ epsilon: chosen, halfSteps: 0 }));
          }}
        />
        <output htmlFor={id}>{quantity(epsilon, 2)}</output>
      </div>
    </div>
  );
}

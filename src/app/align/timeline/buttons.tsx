import { SPEEDS } from '../../../recipe/view';
import { BackIcon, ForwardIcon, PauseIcon, PlayIcon, ToEndIcon, ToStartIcon } from '../../controls/icons';
import { lastHalfStep, shownHalfStep } from '../../store/derived/half-step';
import { scalingOf } from '../../store/derived/scaling';
import { useApp, useAppState } from '../../store/use-app';

/** What one half-step forward does, and what one back undoes. */
const STEP_WORDS = {
  start: '',
  columns: ': scale the columns',
  rows: ': scale the rows',
} as const;

/** Play, pause and single half-steps. A step button has the colour of its half-step. */
export function PlayButtons() {
  const { timeline, view } = useApp();
  const at = useAppState(shownHalfStep);
  const last = useAppState(lastHalfStep);
  const speed = useAppState((state) => state.view.speed);
  const moving = useAppState(
    ({ align, view: { halfStep } }) =>
      align.playing || (align.phase === 'forming' && halfStep === null && align.frame !== undefined),
  );
  const undone = scalingOf(at);
  const next = at < last ? scalingOf(at + 1) : 'start';
  return (
    <div className="timeline-buttons" data-control="play" role="group" aria-label="Half-steps">
      <button type="button" className="icon-button" aria-label="To the start" onClick={timeline.toStart}>
        <ToStartIcon />
      </button>
      <button
        type="button"
        className="icon-button step"
        data-scaling={undone}
        aria-label="Half-step back"
        title={`Half-step back (,)${undone === 'start' ? '' : `: undo the ${undone}`}`}
        onClick={() => timeline.step(-1)}
      >
        <BackIcon />
      </button>
      <button
        type="button"
        className="play"
        data-stops={moving ? '' : undefined}
        aria-label={moving ? 'Pause' : 'Play'}
        title={moving ? 'Pause (K)' : 'Play (K)'}
        onClick={() => timeline.toggle()}
      >
        {moving ? <PauseIcon /> : <PlayIcon />}
      </button>
      <button
        type="button"
        className="icon-button step"
        data-scaling={next}
        aria-label="Half-step forward"
        title={`Half-step forward (.)${STEP_WORDS[next]}`}
        onClick={() => timeline.step(1)}
      >
        <ForwardIcon />
      </button>
      <button type="button" className="icon-button" aria-label="To the end" onClick={timeline.toEnd}>
        <ToEndIcon />
      </button>
      <select
        className="speed"
        aria-label="Speed"
        value={speed}
        onChange={(event) => {
          const chosen = SPEEDS.find((value) => String(value) === event.target.value);
          if (chosen !== undefined) view.show({ speed: chosen });
        }}
      >
        {SPEEDS.map((value) => (
          <option key={value} value={value}>
            {value < 1 ? `1/${1 / value}` : value} ×
          </option>
        ))}
      </select>
    </div>
  );
}

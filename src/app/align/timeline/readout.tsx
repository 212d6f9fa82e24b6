import type { ReactNode } from 'react';
import type { TermId } from '../../../lessons/glossary/terms';
import { Term } from '../../glossary/term';
import { CheckIcon } from '../../controls/icons';
import { pointAt } from '../../store/align/curves';
import { errorAt, lastHalfStep, shownHalfStep } from '../../store/derived/half-step';
import { SCALING_LABELS, scalingOf } from '../../store/derived/scaling';
import { useAppState } from '../../store/use-app';
import { exponent, quantity } from '../../words/numbers';

const shortError = (error: number) => (error < 0.01 ? exponent(error) : quantity(error, 2));

/** A value under the cursor, with the line style of its curve. */
function Value(props: { name: string; term: TermId; curve?: string; children: ReactNode }) {
  const { name, term, curve, children } = props;
  return (
    <div>
      <dt>
        {curve && (
          <svg className="curve-key" width="14" height="8" aria-hidden="true">
            <path className={`curve-${curve}`} d="M0,4H14" />
          </svg>
        )}
        <Term id={term}>{name}</Term>
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The values of all curves under the cursor. */
export function Readout() {
  const result = useAppState((state) => state.align.result);
  const at = useAppState(shownHalfStep);
  const last = useAppState(lastHalfStep);
  const error = useAppState(errorAt);
  const point = useAppState((state) => pointAt(state, shownHalfStep(state)));
  // A solve with a small ε starts with larger ones.
  const used = useAppState(({ align }) => align.trace.findLast((frame) => frame.halfStep <= at)?.epsilon);
  const target = useAppState(({ align }) => align.result?.epsilon);
  const scaling = scalingOf(at);
  const ended = result !== undefined && at === last;
  // The result already has the numbers of the finished plan.
  const cost = ended ? result.transportCost : point?.transportCost;
  const perplexity = ended ? result.planPerplexity : point?.planPerplexity;
  return (
    <dl className="pairs timeline-numbers" data-control="readout">
      <div>
        <dt className="scaling" data-scaling={scaling}>
          <Term id="half-step">{SCALING_LABELS[scaling]}</Term>
        </dt>
        <dd>
          {at} / {result ? last : '…'}
        </dd>
      </div>
      <Value name="error" term="marginal-error" curve={scaling === 'columns' ? 'columns' : 'rows'}>
        {error === undefined || !Number.isFinite(error) ? '–' : shortError(error)}
      </Value>
      <Value name="transport cost" term="transport-cost" curve="cost">
        {cost === undefined ? '–' : quantity(cost)}
      </Value>
      <Value name="plan perplexity" term="plan-perplexity" curve="perplexity">
        {perplexity === undefined ? '–' : quantity(perplexity, 3)}
      </Value>
      <div className="timeline-end" data-converged={ended ? result.converged : undefined}>
        {!ended ? (
          used !== undefined &&
          target !== undefined &&
          used !== target && <dt>still at ε {quantity(used, 3)}</dt>
        ) : result.converged ? (
          <dt>
            <CheckIcon /> converged
          </dt>
        ) : (
          <dt>stopped at the cap, error {exponent(result.marginalError)}</dt>
        )}
      </div>
    </dl>
  );
}

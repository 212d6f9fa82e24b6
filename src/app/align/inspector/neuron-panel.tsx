import { useEffect } from 'react';
import type { NeuronDrivers, NeuronReport } from '../../../engine/jobs';
import { Term } from '../../glossary/term';
import { quantity } from '../../words/numbers';
import { ComputeButton } from '../../controls/compute-button';
import { useApp, useAppState } from '../../store/use-app';
import { shownUnits } from '../../store/derived/cell';
import { textTitle } from '../../store/derived/evaluation';
import { neuronKey } from '../../store/align/neuron';
import { correlationWords, sharedPositions } from './neuron-words';
import '../../styles/neuron.css';

/** Milliseconds that a pair must stay pinned before the forward pass starts. */
const REST_MS = 350;

/** Replaces line breaks with a visible sign. */
const showLineBreaks = (text: string): string => text.replaceAll('\n', ' ⏎ ');

interface DriversProps {
  readonly drivers: NeuronDrivers;
  /** The value that takes the full colour, the same for both units. */
  readonly limit: number;
  /** Text positions that also drive the other unit. */
  readonly shared: ReadonlySet<number>;
}

/** The text positions that drive one unit most. */
function Drivers({ drivers, limit, shared }: DriversProps) {
  const { block, unit, top } = drivers;
  return (
    <section aria-label={`Block ${block}, unit ${unit}`}>
      <h4>
        block {block} <b>{unit}</b>
      </h4>
      <ol>
        {top.map(({ position, token, before, after, value }) => (
          <li key={position} data-shared={shared.has(position)}>
            <span className="neuron-value">{quantity(value, 2)}</span>
            <p>
              <span>
                {before === '' ? '' : '…'}
                {showLineBreaks(before)}
                {token.startsWith(' ') ? ' ' : ''}
              </span>
              <mark
                data-sign={value < 0 ? 'minus' : 'plus'}
                style={
                  { '--strength': `${Math.round(8 + 60 * Math.min(1, Math.abs(value) / limit))}%` } as object
                }
              >
                {showLineBreaks(token.replace(/^ /, ''))}
              </mark>
              <span>{showLineBreaks(after)}</span>
              {shared.has(position) && <span className="visually-hidden"> (also drives the other unit)</span>}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Report({ report }: { report: NeuronReport }) {
  const { previous, next } = report;
  const limit = [...previous.top, ...next.top].reduce(
    (most, { value }) => Math.max(most, Math.abs(value)),
    0,
  );
  const shared = sharedPositions(previous, next);
  return (
    <>
      <p className="neuron-summary">{correlationWords(report)}</p>
      <div className="drivers">
        {[previous, next].map((drivers, i) => (
          <Drivers key={i === 0 ? 'previous' : 'next'} drivers={drivers} limit={limit || 1} shared={shared} />
        ))}
      </div>
    </>
  );
}

/** For the inspector's pair of MLP units: the tokens of a text that drive each of them most. */
export function NeuronPanel() {
  const { neuron, view, cell } = useApp();
  const open = useAppState((state) => state.view.neuron);
  const pinned = useAppState((state) => state.view.cell);
  const units = useAppState((state) => shownUnits(state) !== undefined);
  const id = useAppState((state) => {
    const pair = shownUnits(state);
    return pair === undefined ? '' : neuronKey(state, pair);
  });
  const demand = useAppState((state) => state.neuron);
  const text = useAppState(textTitle);
  const tokens = useAppState((state) => state.view.tokens);
  const address = useAppState(({ align, cell: { cursor }, view: { cell: pin } }) =>
    align.subject === undefined ? undefined : (pin ?? cursor),
  );
  const report = demand.entries[id];

  // Only a pinned pair starts a forward pass; the cursor moves too often.
  const idle = open && pinned !== null && units && report === undefined && demand.failed?.key !== id;
  const wanted = idle ? id : undefined;
  useEffect(() => {
    if (wanted === undefined) return undefined;
    const timer = setTimeout(() => void neuron.read(), REST_MS);
    return () => clearTimeout(timer);
  }, [wanted, neuron]);

  if (!units || address === undefined) return null;
  return (
    <section className="neuron" aria-labelledby="neuron-title">
      <h3 id="neuron-title">
        <button
          type="button"
          className="disclosure"
          aria-expanded={open}
          onClick={() => {
            if (!open && pinned === null) cell.pin(address);
            view.show({ neuron: !open });
          }}
        >
          What do these units do?
        </button>
      </h3>
      {open && (
        <>
          {report !== undefined ? (
            <Report report={report} />
          ) : (
            <ComputeButton
              id={id}
              state={demand}
              doing="Reading the text"
              action="Read the text"
              onRun={() => {
                cell.pin(address);
                void neuron.read();
              }}
              onCancel={neuron.cancel}
            />
          )}
          <p className="hint">
            <Term id="unit">silu(gate)·up</Term> in the base model, on the first {report?.tokens ?? tokens}{' '}
            tokens of “{text}”.
          </p>
        </>
      )}
    </section>
  );
}

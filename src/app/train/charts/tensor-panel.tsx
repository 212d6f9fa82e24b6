import { useMemo, useState } from 'react';
import { Term } from '../../glossary/term';
import { blockNames } from '../../methods/block-names';
import type { Race } from '../../store/state/race';
import { fixed, quantity } from '../../words/numbers';
import type { KindNorms } from './norms';
import { kindNorms, normScale, trainedBlocks } from './norms';
import { SPARK_BOX, Sparkline } from './sparkline';
import { TableScroll } from './table-scroll';
import { useWidth } from './use-width';

/** Distance that a kind of tensor has moved, as a share of its initial norm if that is not zero. */
function movedWords(moved: KindNorms['moved']): { value: string; note: string } {
  if (moved === undefined) return { value: '–', note: '' };
  const { distance, from } = moved;
  if (from === 0) return { value: quantity(distance, 3), note: 'from zero' };
  return { value: `${fixed((100 * distance) / from, 2)} %`, note: 'of its norm' };
}

/** Writes a power of ten: 0.01, 10⁻⁴. */
const power = (value: number) => quantity(value, 1).replace('1·', '');

interface TensorPanelProps {
  readonly race: Race;
  readonly selected: string | undefined;
}

/** Gradient norm of each kind of tensor of one arm, and how far its weights have moved. */
export function TensorPanel({ race, selected }: TensorPanelProps) {
  const [chosen, setChosen] = useState<number | 'all'>('all');
  const [box, width] = useWidth(240);
  const arm = race.arms.find(({ id }) => id === (selected ?? race.reference)) ?? race.arms[0];
  const run = race.runs.find((candidate) => candidate.arm === arm?.id);
  const blocks = useMemo(() => (run ? trainedBlocks(run) : []), [run]);
  const block = chosen !== 'all' && blocks.includes(chosen) ? chosen : 'all';
  const kinds = useMemo(() => (run ? kindNorms(run, block) : []), [run, block]);
  const scale = useMemo(() => normScale(kinds, SPARK_BOX), [kinds]);
  const facts = run?.facts;
  const named = useMemo(
    () => (arm && facts ? blockNames(arm.recipe, facts.layers - facts.newLayers.length) : []),
    [arm, facts],
  );
  const nameOf = (index: number): string => {
    const { name, kind } = named[index] ?? { name: String(index), kind: 'base' };
    return kind === 'new' ? `new block ${name}` : `block ${name}`;
  };
  const started = kinds.some(({ gradients }) => gradients.length > 0);
  const evaluated = run?.evaluations.at(-1)?.step;
  return (
    <section className="race-part" aria-labelledby="race-tensors">
      <div className="race-head">
        <h2 id="race-tensors">
          <Term id="gradient" after=",">
            Gradients
          </Term>{' '}
          tensor by tensor
        </h2>
        {blocks.length > 1 && (
          <label className="race-choice">
            <span className="hint">of</span>
            <select
              value={block}
              onChange={({ target }) => setChosen(target.value === 'all' ? 'all' : Number(target.value))}
            >
              <option value="all">all {blocks.length} trained blocks</option>
              {blocks.map((index) => (
                <option key={index} value={index}>
                  {nameOf(index)}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      <p className="hint">
        {arm?.title}
        {run ? `, seed ${run.seed}` : ''}. Where o and down begin at zero, nothing upstream of them in their
        block can have a gradient before they have moved: at the first step all others are exactly 0, and wait
        for these two.
      </p>
      {started ? (
        <TableScroll name="Gradient norms, table">
          <table className="race-table race-tensors">
            <caption className="visually-hidden">
              Gradient norms and distances moved by kind of tensor
              {block === 'all' ? '' : `, ${nameOf(block)}`}
            </caption>
            <thead>
              <tr>
                <th scope="col">tensor</th>
                <th scope="col" className="race-wide">
                  gradient norm, {power(scale.low)} to {power(scale.high)}, log scale
                </th>
                <th scope="col">now</th>
                <th scope="col">moved{evaluated === undefined ? '' : ` by step ${evaluated}`}</th>
              </tr>
            </thead>
            <tbody>
              {kinds.map(({ kind, label, gradients, moved }, i) => {
                const way = movedWords(moved);
                return (
                  <tr key={kind} data-kind={kind}>
                    <th scope="row">{label}</th>
                    <td className="race-wide">
                      <div ref={i === 0 ? box : undefined} className="race-spark-room">
                        <Sparkline values={gradients} steps={run?.steps ?? 0} width={width} scale={scale} />
                      </div>
                    </td>
                    <td>{gradients.length > 0 ? quantity(gradients.at(-1) ?? 0, 3) : '–'}</td>
                    <td>
                      {way.value} <small>{way.note}</small>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </TableScroll>
      ) : (
        <p className="race-empty">No step of this arm yet.</p>
      )}
    </section>
  );
}

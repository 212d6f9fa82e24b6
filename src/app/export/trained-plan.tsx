import { moduleName } from '../methods/block-names';
import { useAppState } from '../store/use-app';
import { count, fixed } from '../words/numbers';
import { FileNames } from './file-names';

/** Summary of the checkpoint to write from a trained run. */
export function TrainedPlan({ name, arm }: { name: string; arm: string }) {
  const race = useAppState((state) => state.race.race);
  const run = race?.runs.find((candidate) => candidate.name === arm);
  if (!race || !run) return null;
  const heldout = run.evaluations.at(-1)?.heldout;
  const rows = [
    ['folder', name],
    ['arm', run.name],
    ['trained', `${count(run.losses.length)} of ${count(run.steps)} steps on ${race.text}`],
    ...(run.facts
      ? [
          [
            'depth',
            `${run.facts.layers} blocks, new: ${run.facts.newLayers.map(moduleName).join(', ') || 'none'}`,
          ],
          ['learnt', `${count(run.facts.trainable)} of ${count(run.facts.parameters)} parameters`],
        ]
      : []),
    ...(typeof heldout === 'number' ? [['held-out loss', fixed(heldout, 4)]] : []),
  ];
  return (
    <dl className="pairs">
      {rows.map(([term, words]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd className="wrap">{words}</dd>
        </div>
      ))}
      <div>
        <dt>files</dt>
        <dd className="wrap">
          <FileNames />
        </dd>
      </div>
    </dl>
  );
}

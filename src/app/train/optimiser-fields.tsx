import { CheckBox } from '../controls/check-box';
import type { TermId } from '../../lessons/glossary/terms';
import { BLOCK_TENSORS, LEARNING_RATES, type Recipe, TRAINED } from '../../recipe/schema';
import { Term, TermMark } from '../glossary/term';
import { ChoiceField } from '../controls/choice-field';
import { RealField } from '../controls/real-field';
import { useApp, useAppState } from '../store/use-app';

type Settings = Recipe['training'];

const SCHEDULES: Readonly<Record<Settings['schedule'], string>> = {
  constant: 'warm-up, then constant',
  cosine: 'warm-up, then cosine',
  wsd: 'warm-up, stable, decay',
};
const TRAINS: Readonly<Record<Settings['trains'], string>> = {
  method: 'as the method’s authors do',
  new: 'new blocks only',
  all: 'all blocks',
};

/** Fields for AdamW, its schedule, the batches, and which weights are trained. */
export function OptimiserFields() {
  const { recipe } = useApp();
  const training = useAppState((state) => state.recipe.current.training);
  const set = recipe.setTraining;
  const number = (
    label: string,
    name: 'batch' | 'accumulation' | 'context' | 'rate' | 'warmup' | 'decay' | 'weightDecay' | 'seed',
    bounds: { low: number; high: number; whole?: boolean; above?: boolean; title?: string; term?: TermId },
  ) => (
    <RealField
      label={label}
      value={training[name]}
      {...bounds}
      onChange={(value) => set({ [name]: value })}
    />
  );
  return (
    <>
      <p className="hint race-optimiser">
        Every arm learns by{' '}
        <Term id="adamw" after=".">
          AdamW
        </Term>
      </p>
      {number('Windows per batch', 'batch', { term: 'window', low: 1, high: 4096, whole: true })}
      {number('Batches per step', 'accumulation', { low: 1, high: 4096, whole: true })}
      {number('Tokens per window', 'context', { low: 2, high: 131_072, whole: true })}
      {number('Learning rate', 'rate', {
        term: 'learning-rate',
        low: 0,
        high: 1,
        above: true,
        title: 'The largest',
      })}
      <ChoiceField
        label="Schedule"
        options={LEARNING_RATES.map((id) => [id, SCHEDULES[id]] as const)}
        value={training.schedule}
        onChoose={(schedule) => set({ schedule })}
      />
      {number('Warm-up, share', 'warmup', { term: 'warm-up', low: 0, high: 1 })}
      {training.schedule === 'wsd' && number('Decay, share', 'decay', { low: 0, high: 1 })}
      {number('Weight decay', 'weightDecay', { term: 'weight-decay', low: 0, high: 1 })}
      <RealField
        label="Clip at norm"
        term="clip"
        title="0 leaves gradients as they are"
        value={training.clip ?? 0}
        low={0}
        high={1e6}
        onChange={(clip) => set({ clip: clip === 0 ? null : clip })}
      />
      {number('First seed', 'seed', { low: 0, high: 0xffffffff, whole: true })}
      <ChoiceField
        label="What learns"
        term="frozen"
        options={TRAINED.map((id) => [id, TRAINS[id]] as const)}
        value={training.trains}
        onChoose={(trains) => set({ trains })}
      />
      <Learns training={training} set={set} />
    </>
  );
}

/** Selects the trained tensors of a block, and weights outside blocks, which are frozen by default. */
function Learns({ training, set }: { training: Settings; set: (part: Partial<Settings>) => void }) {
  const has = useAppState((state) => state.model.info?.blockTensors);
  const tensors = BLOCK_TENSORS.filter((name) => has === undefined || has.includes(name));
  const learning = training.tensors ?? tensors;
  return (
    <fieldset className="race-learns">
      <legend>Tensors that learn</legend>
      {tensors.map((name) => (
        <label key={name} className="check">
          <CheckBox
            checked={learning.includes(name)}
            unavailable={
              learning.length === 1 && learning.includes(name) ? 'At least one tensor learns' : undefined
            }
            onChange={({ target }) => {
              const next = tensors.filter((other) =>
                other === name ? target.checked : learning.includes(other),
              );
              set({ tensors: next.length === tensors.length ? null : next });
            }}
          />
          {name.replace(/^.*\./, '')}
        </label>
      ))}
      {(
        [
          ['embedding', 'embedding'],
          ['finalNorm', 'final norm'],
          ['head', 'head'],
        ] as const
      ).map(([name, words]) => (
        <span key={name} className="labelled">
          <label className="check">
            <input
              type="checkbox"
              checked={training[name]}
              onChange={({ target }) => set({ [name]: target.checked })}
            />
            {words}
          </label>
          {name === 'finalNorm' && <TermMark id="rmsnorm" />}
        </span>
      ))}
    </fieldset>
  );
}

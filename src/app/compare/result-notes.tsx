import { Explained } from '../glossary/explained';
import type { ComparisonId } from '../../recipe/view';
import type { ArmRow } from './rows';

const QUESTIONS: Readonly<Record<ComparisonId, string>> = {
  methods:
    'Every arm is the recipe on show with another method: gaps, solver and seed are the same, but each method zeroes or not as its authors do unless the zero start is set.',
  paper:
    'The arms of the paper’s main table as their authors release them. They differ in zeroing and in gaps as well as in method, so no difference between two of them can be put down to one cause; the paper compares them after training, and nothing here is trained.',
  alignment:
    'Every cause is there twice, zeroed and not. Zeroed arms all compute what the base computes, whatever their weights. Among the others, compare the plans with half the next block and with random rows: where those do as well, the plan’s effect is that of smaller weights, not of matched neurons.',
  positions:
    'The same method at four places, zeroed and not. Zeroed, the loss is the base’s everywhere and only the cost of training differs; not zeroed, the loss tells how much the model minds a new block there.',
};

/** Says what the results show and what they do not. */
export function ResultNotes({ comparison, rows }: { comparison: ComparisonId; rows: readonly ArmRow[] }) {
  const done = rows.filter((row) => row.chosen && row.status === 'done' && row.recipe !== null);
  const preserved = done.filter(({ values }) => values.logits === 0).length;
  const confounded = rows.filter((row) => row.chosen && row.differs.length > 1).length;
  const unconverged = done.filter((row) => row.unconverged > 0).length;
  const failed = rows.filter(({ status }) => status === 'failed').length;
  return (
    <div className="prose note">
      <h3>What this shows, and what it does not</h3>
      <p>
        <Explained text={QUESTIONS[comparison]} />
      </p>
      {done.length > 0 && (
        <p>
          {preserved} of {done.length} evaluated {done.length === 1 ? 'arm' : 'arms'} preserve the function
          exactly: their logits are the base’s. That says nothing about which start trains best.
          {confounded > 0 &&
            ` ${confounded} ${confounded === 1 ? 'arm differs' : 'arms differ'} from the pinned one in two things or more; such a difference has no single cause.`}
          {unconverged > 0 &&
            ` † marks ${unconverged === 1 ? 'an arm' : `${unconverged} arms`} whose solver stopped before it converged: those numbers are of unfinished plans.`}
          {failed > 0 &&
            ` ${failed} ${failed === 1 ? 'arm' : 'arms'} failed, and the others went on without.`}
        </p>
      )}
      <p>
        Where nothing is zeroed, a loss nearer to the base’s is no evidence of alignment: a diffuse plan
        shrinks the block’s weights, and a weaker block disturbs less. Sharpness tells whether a plan pairs
        neurons at all: an empty bar is a plan that sends every neuron to everyone alike. One text and one
        seed show no spread; only training after insertion, at equal budget, can tell the methods apart.
      </p>
    </div>
  );
}

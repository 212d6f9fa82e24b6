import { useEffect, useMemo } from 'react';
import type { Twin } from '../../../engine/jobs';
import { ActionButton } from '../../controls/action-button';
import { Busy } from '../../controls/busy';
import type { ActivityProps } from './activity-props';
import { LossBars } from './loss-bars';
import { UnitStripe } from './unit-stripe';
import { useBlockJob } from './use-block-job';
import { useKept } from './use-kept';
import { useShowMe } from './use-show-me';
import { useTwinWords } from './use-twin-words';
import '../../styles/twin.css';

/** The block that is copied: the first, whose average with its copy does the most harm in the shipped model. */
const BLOCK = 0;
/** Pause between what Show me does. */
const SHOW_MS = 700;

/** How far it is: which of the four buttons have been pressed, and what was measured. */
interface State {
  readonly pressed: number;
  readonly twin?: Twin;
}

/** What is known after so many buttons. */
function readings({ pressed, twin }: State): Record<string, number> {
  if (twin === undefined) return {};
  const { losses, found } = twin;
  return {
    ...(pressed >= 1 && {
      baseLoss: losses.base,
      copyLoss: losses.copy,
      copyChange: losses.copy - losses.base,
    }),
    ...(pressed >= 2 && {
      averageLoss: losses.average,
      averageChange: losses.average - losses.base,
    }),
    ...(pressed >= 3 && {
      units: found.units.right,
      allUnits: found.units.of,
      heads: found.heads.right,
      allHeads: found.heads.of,
      values: found.values.right,
      allValues: found.values.of,
    }),
    ...(pressed >= 4 && { alignedLoss: losses.aligned, alignedChange: losses.aligned - losses.base }),
  };
}

/** A block and its secretly shuffled copy: both computed alike, averaged, the order found, averaged again. */
export default function TwinActivity({ report, press }: ActivityProps) {
  const words = useTwinWords();
  const [state, change] = useKept<State>('twin', { pressed: 0 });
  const { run, running, failure } = useBlockJob('twin');
  const { pressed, twin } = state;
  const steps = [words.shuffle, words.average, words.find, words.averageAgain];

  useEffect(() => report(readings(state)), [report, state]);

  function next(): boolean {
    if (running || pressed >= steps.length) return running;
    if (twin !== undefined) change((now) => ({ ...now, pressed: now.pressed + 1 }));
    else void run({ block: BLOCK }).then((result) => result && change(() => ({ pressed: 1, twin: result })));
    return true;
  }
  useShowMe(press, next, SHOW_MS);

  const losses = twin?.losses;
  const shown = (from: number, loss: number | undefined) => (pressed >= from ? loss : undefined);
  return (
    <div className="twin">
      <div className="row wrap">
        {steps.map((name, at) => (
          <ActionButton
            key={name}
            className={at === pressed ? 'button primary' : 'button'}
            unavailable={
              at < pressed ? words.done : at > pressed ? words.notYet : running ? words.working : undefined
            }
            onClick={next}
          >
            {name}
          </ActionButton>
        ))}
      </div>
      {running && <Busy label={words.working} />}
      {failure !== undefined && (
        <p className="problem" role="alert">
          {words.failed} {failure}
        </p>
      )}
      {twin && <Units twin={twin} pressed={pressed} />}
      <LossBars
        label={words.losses}
        unknown={words.unknown}
        rows={[
          [words.base, shown(1, losses?.base)],
          [words.copy, shown(1, losses?.copy)],
          [words.averaged, shown(2, losses?.average)],
          [words.aligned, shown(4, losses?.aligned)],
        ]}
      />
    </div>
  );
}

/** The order of the MLP's units in the block, in the copy, and in the copy put back. */
function Units({ twin: { units }, pressed }: { readonly twin: Twin; readonly pressed: number }) {
  const words = useTwinWords();
  const { copied, back } = units;
  const own = useMemo(() => copied.map((_, place) => place), [copied]);
  const again = useMemo(() => back.map((place) => copied[place] ?? 0), [copied, back]);
  return (
    <figure className="unit-stripes">
      <figcaption>{words.units(copied.length)}</figcaption>
      <span>{words.ofBlock}</span>
      <UnitStripe places={own} />
      <span>{words.ofCopy}</span>
      <UnitStripe places={copied} />
      {pressed >= 3 && (
        <>
          <span>{words.ofFound}</span>
          <UnitStripe places={again} />
        </>
      )}
    </figure>
  );
}

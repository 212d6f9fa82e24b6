import { useEffect } from 'react';
import { PARTS, type ShuffledPart } from '../../../lessons/twin/parts';
import { ActionButton } from '../../controls/action-button';
import { Busy } from '../../controls/busy';
import type { ActivityProps } from './activity-props';
import { LossBars } from './loss-bars';
import { useBlockJob } from './use-block-job';
import { useKept } from './use-kept';
import { useShowMe } from './use-show-me';
import { useTwinWords } from './use-twin-words';
import '../../styles/twin.css';

/** The block that is shuffled. */
const BLOCK = 5;
const SHOW_MS = 400;

interface State {
  readonly base?: number;
  readonly losses: Partial<Readonly<Record<ShuffledPart, number>>>;
}

/** Shuffles one part of a block at a time and measures whether the model computes the same. */
export default function Symmetries({ report, press }: ActivityProps) {
  const words = useTwinWords();
  const [state, change] = useKept<State>('symmetries', { losses: {} });
  const { run, running, failure } = useBlockJob('shuffled');
  const { base, losses } = state;

  useEffect(
    () =>
      report({
        ...(base !== undefined && { baseLoss: base }),
        ...Object.fromEntries(
          Object.entries(losses).flatMap(([part, loss]) => [
            [`${part}Loss`, loss],
            [`${part}Change`, loss - (base ?? Number.NaN)],
          ]),
        ),
        measured: Object.keys(losses).length,
      }),
    [report, base, losses],
  );

  function measure(part: ShuffledPart): void {
    void run({ block: BLOCK, part }).then(
      (result) =>
        result &&
        change((now) => ({ base: result.base, losses: { ...now.losses, [part]: result.shuffled } })),
    );
  }
  useShowMe(
    press,
    () => {
      const part = PARTS.find((each) => losses[each] === undefined);
      if (part !== undefined && !running) measure(part);
      return part !== undefined;
    },
    SHOW_MS,
  );

  return (
    <div className="twin">
      <div className="row wrap">
        {PARTS.map((part) => (
          <ActionButton
            key={part}
            className="button"
            unavailable={losses[part] !== undefined ? words.done : running ? words.working : undefined}
            onClick={() => measure(part)}
          >
            {words.measure(words.parts[part])}
          </ActionButton>
        ))}
      </div>
      {running && <Busy label={words.working} />}
      {failure !== undefined && (
        <p className="problem" role="alert">
          {words.failed} {failure}
        </p>
      )}
      <LossBars
        label={words.losses}
        unknown={words.unknown}
        rows={[[words.base, base], ...PARTS.map((part) => [words.parts[part], losses[part]] as const)]}
      />
    </div>
  );
}

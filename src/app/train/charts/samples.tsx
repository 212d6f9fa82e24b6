import { memo, useId, useState } from 'react';
import type { Race } from '../../store/state/race';
import { ArmSwatch } from './arm-readout';

interface Continuation {
  readonly seed: number;
  readonly step: number;
  readonly text: string;
}

/** The latest sample of an arm's first seed at or before a step. */
function continuationOf(race: Race, arm: string, until: number): Continuation | undefined {
  const run = race.runs.find((candidate) => candidate.arm === arm && candidate.samples.length > 0);
  const sample = run?.samples.findLast(({ step }) => step <= until);
  return run && sample && { seed: run.seed, ...sample };
}

interface SamplesProps {
  readonly race: Race;
  readonly selected: string | undefined;
}

/** Continuations of the race's prompt by all arms, at the latest or an earlier step. */
export const Samples = memo(function Samples({ race, selected }: SamplesProps) {
  const id = useId();
  const [back, setBack] = useState<number>();
  const steps = [...new Set(race.runs.flatMap(({ samples }) => samples.map(({ step }) => step)))].sort(
    (a, b) => a - b,
  );
  const last = steps.length - 1;
  const at = back === undefined ? last : Math.min(back, last);
  const step = steps[at];
  return (
    <section className="race-part" aria-labelledby={`${id}-title`}>
      <div className="race-head">
        <h2 id={`${id}-title`}>What they write</h2>
        {last > 0 && (
          <label className="race-choice race-back">
            <span className="hint">after step {step}</span>
            <input
              type="range"
              aria-label="Step to read continuations of"
              aria-valuetext={`step ${step}`}
              min={0}
              max={last}
              value={at}
              onChange={({ target }) => {
                const next = Number(target.value);
                // At the end the slider follows new samples.
                setBack(next === last ? undefined : next);
              }}
            />
          </label>
        )}
      </div>
      {step === undefined ? (
        <p className="race-empty">No arm has continued the prompt yet.</p>
      ) : (
        <dl className="race-samples">
          {race.arms.map((arm, index) => {
            const written = continuationOf(race, arm.id, step);
            return (
              <div key={arm.id} data-selected={arm.id === selected}>
                <dt>
                  <ArmSwatch index={index} />
                  {arm.title}
                  {written && (
                    <small>
                      step {written.step}, seed {written.seed}
                    </small>
                  )}
                </dt>
                <dd>
                  {written ? (
                    <>
                      <span className="race-prompt">{race.prompt}</span>
                      {written.text}
                    </>
                  ) : (
                    <span className="race-prompt">nothing yet</span>
                  )}
                </dd>
              </div>
            );
          })}
        </dl>
      )}
    </section>
  );
}, sameSamples);

/** True if no sample changed. Most steps change losses only. */
function sameSamples({ race, selected }: SamplesProps, next: SamplesProps): boolean {
  const { arms, runs, prompt } = next.race;
  return (
    selected === next.selected &&
    race.arms === arms &&
    race.prompt === prompt &&
    race.runs.length === runs.length &&
    race.runs.every((run, i) => run.samples === runs[i]?.samples)
  );
}

import type { Prediction } from '../../lessons/format';
import type { StepRecord } from '../store/state/lesson';
import { useLesson } from './use-lesson';
import { useWords } from './use-words';

interface ChoiceProps {
  readonly predict: Extract<Prediction, { kind: 'choice' }>;
  readonly record: StepRecord;
}

/** Answers to choose from before the step; afterwards it shows which was right. */
export function ChoicePrediction({ predict, record }: ChoiceProps) {
  const { guess } = useLesson();
  const { panel } = useWords();
  const { done, right = [] } = record;
  return (
    <fieldset className="prediction">
      <legend>{predict.question}</legend>
      {predict.answers.map((answer, index) => {
        const chosen = record.guess === index;
        const known = typeof answer.right === 'boolean' ? panel.correct : panel.measured;
        const verdict = done && right.includes(index) ? known : undefined;
        return (
          <label key={answer.text} data-chosen={chosen} data-right={done ? right.includes(index) : undefined}>
            <input
              type="radio"
              name="prediction"
              checked={chosen}
              disabled={done}
              onChange={() => guess(index)}
            />
            <span>{answer.text}</span>
            {verdict !== undefined && <em>{verdict}</em>}
          </label>
        );
      })}
      {done && typeof record.guess === 'number' && (
        <p className="verdict">{right.includes(record.guess) ? panel.right : panel.other}</p>
      )}
      {!done && record.guess === undefined && (
        <button type="button" className="link-button" onClick={() => guess(null)}>
          {panel.skip}
        </button>
      )}
    </fieldset>
  );
}

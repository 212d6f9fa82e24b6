import type { Prediction } from '../../../lessons/format';
import type { LessonWords } from '../../../lessons/words/words';
import type { StepRecord } from '../../store/state/lesson';
import { Measured, PaperProse } from './paper-prose';
import type { PaperProps } from './paper-props';

/** One prediction of a lesson, with the step that asks for it. */
interface Question {
  readonly predict: Prediction;
  readonly step: number;
}

const LETTERS = 'ABCD';

/** The answers of a question to tick, or a line to mark a value on. */
function Blank({ predict }: { readonly predict: Prediction }) {
  if (predict.kind === 'value')
    return (
      <div className="paper-scale">
        <span>{predict.from}</span>
        <span>{predict.to}</span>
      </div>
    );
  return (
    <ol className="paper-answers">
      {predict.answers.map(({ text }, index) => (
        <li key={text}>
          <i className="paper-box" /> {LETTERS[index]}&ensp;{text}
        </li>
      ))}
    </ol>
  );
}

/** Indices of right answers: those that always are, and those that turned out so. Undefined if it has to be measured first. */
function rightAnswers(predict: Prediction, record: StepRecord | undefined): readonly number[] | undefined {
  if (predict.kind === 'value') return undefined;
  const fixed = predict.answers.flatMap(({ right }, index) => (right === true ? [index] : []));
  if (predict.answers.every(({ right }) => typeof right === 'boolean')) return fixed;
  return record?.done === true ? record.right : undefined;
}

function Answer({
  question: { predict, step },
  records,
  words,
}: {
  readonly question: Question;
  readonly records: readonly StepRecord[];
  readonly words: LessonWords['paper'];
}) {
  const record = records[step];
  if (predict.kind === 'value')
    return (
      <p>
        {words.measured}: <Measured name={predict.reading} record={record} />
      </p>
    );
  const right = rightAnswers(predict, record);
  if (right === undefined)
    return (
      <p>
        {words.measured}: <span className="paper-blank" />
      </p>
    );
  return (
    <p>
      {right.length === 0
        ? words.none
        : right.map((index) => `${LETTERS[index]}  ${predict.answers[index]?.text ?? ''}`).join('; ')}
      {!predict.answers.every((answer) => typeof answer.right === 'boolean') && ` (${words.measured})`}
    </p>
  );
}

/** A page of questions with blank answers, and a page with the answers for the teacher. */
export function QuizSheet({ lesson, records, words }: PaperProps) {
  const questions = lesson.steps.flatMap(({ predict }, step): Question[] =>
    predict ? [{ predict, step }] : [],
  );
  return (
    <>
      <section className="paper-page">
        <h1>{lesson.title}</h1>
        <p className="paper-name">
          {words.name} <span className="paper-blank" /> {words.date} <span className="paper-blank" />
        </p>
        <ol className="paper-questions">
          {questions.map(({ predict, step }) => (
            <li key={step}>
              <h2>{predict.question}</h2>
              <Blank predict={predict} />
            </li>
          ))}
        </ol>
      </section>
      <section className="paper-page">
        <h1>
          {lesson.title}: {words.answers}
        </h1>
        <ol className="paper-questions">
          {questions.map((question) => {
            const { predict, step } = question;
            const seen = lesson.steps[step]?.seen;
            return (
              <li key={step}>
                <h2>{predict.question}</h2>
                <Answer question={question} records={records} words={words} />
                {seen !== undefined && (
                  <div className="paper-seen">
                    <PaperProse text={seen} step={step} records={records} />
                  </div>
                )}
              </li>
            );
          })}
        </ol>
        <p className="paper-note">{words.note}</p>
      </section>
    </>
  );
}

import type { PaperProps } from './paper-props';
import { PaperProse } from './paper-prose';

/** The whole lesson on at most two pages: text, what to do, questions, what is seen, and the link. */
export function Handout({ lesson, records, words, address }: PaperProps) {
  return (
    <section className="paper-page paper-handout">
      <h1>{lesson.title}</h1>
      <p>{lesson.summary}</p>
      {address !== undefined && (
        <p className="paper-link">
          {words.link}: {address}
        </p>
      )}
      <ol className="paper-steps">
        {lesson.steps.map((step, index) => (
          <li key={step.title}>
            <h2>
              {index + 1}&ensp;{step.title}
            </h2>
            <PaperProse text={step.text} step={index} records={records} />
            {step.predict && (
              <p className="paper-question">
                <b>{step.predict.question}</b>{' '}
                {step.predict.kind === 'choice'
                  ? step.predict.answers.map(({ text }) => (
                      <span key={text}>
                        <i className="paper-box" /> {text}{' '}
                      </span>
                    ))
                  : `(${step.predict.from} … ${step.predict.to})`}
              </p>
            )}
            {step.do !== undefined && (
              <div className="paper-do">
                <PaperProse text={step.do} step={index} records={records} />
              </div>
            )}
            {step.seen !== undefined && (
              <div className="paper-seen">
                <PaperProse text={step.seen} step={index} records={records} />
              </div>
            )}
          </li>
        ))}
      </ol>
      <p className="paper-note">{words.note}</p>
    </section>
  );
}

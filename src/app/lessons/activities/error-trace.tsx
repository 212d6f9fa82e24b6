import { LEVEL, marginalErrors, scaledTo } from '../../../lessons/by-hand/scaling';
import { useByHandWords } from './use-by-hand-words';

const WIDTH = 300;
const HEIGHT = 44;
/** Errors from 1 down to a tenth of the bound of level bars are drawn. */
const LOWEST = Math.log(LEVEL / 10);
/** Half-steps that fit before the axis grows. */
const FEWEST = 14;

/** The error after every half-step so far, on a logarithmic scale, with a line where the bars count as level. */
export function ErrorTrace({ epsilon, halfSteps }: { epsilon: number; halfSteps: number }) {
  const words = useByHandWords();
  const steps = Array.from({ length: halfSteps + 1 }, (_, step) => ({
    step,
    error: marginalErrors(scaledTo(epsilon, step)).all,
  }));
  const x = (step: number): number => 6 + ((WIDTH - 12) * step) / Math.max(FEWEST, halfSteps);
  const y = (error: number): number =>
    4 + (HEIGHT - 8) * Math.min(1, Math.max(0, Math.log(Math.max(error, 1e-300)) / LOWEST));
  return (
    <svg className="error-trace" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words.trace}>
      <line x1="0" x2={WIDTH} y1={y(LEVEL)} y2={y(LEVEL)} />
      <text x="0" y={y(LEVEL) - 3}>
        {words.level}
      </text>
      {steps.map(({ step, error }) => (
        <circle
          key={step}
          cx={x(step)}
          cy={y(error)}
          r={step === halfSteps ? 3.4 : 2}
          data-side={step === 0 ? 'start' : step % 2 === 1 ? 'columns' : 'rows'}
        />
      ))}
    </svg>
  );
}

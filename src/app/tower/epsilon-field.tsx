import { useId } from 'react';
import { useApp, useAppState } from '../store/app';
import { NumberField } from './number-field';

/** The slider's range; the field takes any ε above 0. */
const LOW = 1e-3;
const HIGH = 1;
const STEPS = 300;

const toSlider = (epsilon: number) =>
  Math.max(0, Math.min(STEPS, (STEPS * Math.log(epsilon / LOW)) / Math.log(HIGH / LOW)));
/** Two digits: finer than anyone can drag. */
const fromSlider = (step: number) => Number((LOW * (HIGH / LOW) ** (step / STEPS)).toPrecision(2));

function readEpsilon(text: string): number | undefined {
  const number = Number(text.replace(',', '.'));
  return text.trim() !== '' && Number.isFinite(number) && number > 0 ? number : undefined;
}

/** ε by slider (logarithmic) and by number. */
export function EpsilonField() {
  const { recipe } = useApp();
  const epsilon = useAppState((state) => state.recipe.current.solver.epsilon);
  const id = useId();
  return (
    <div className="field slider">
      <label
        htmlFor={id}
        title="Entropic regularisation, in units of the cost. Small: one partner each. Large: everyone with everyone"
      >
        <i>ε</i>
        <span className="visually-hidden">, the entropic regularisation</span>
      </label>
      <input
        type="range"
        aria-label="ε, logarithmic"
        aria-valuetext={String(epsilon)}
        min={0}
        max={STEPS}
        step={1}
        value={toSlider(epsilon)}
        onChange={(event) => recipe.setEpsilon(fromSlider(Number(event.target.value)))}
      />
      <NumberField
        id={id}
        value={epsilon}
        read={readEpsilon}
        expected="a number above 0, for example 0.06"
        inputMode="decimal"
        onChange={recipe.setEpsilon}
      />
    </div>
  );
}

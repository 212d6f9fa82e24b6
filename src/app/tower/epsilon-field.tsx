import { useId } from 'react';
import { TermMark } from '../glossary/term';
import { NumberField } from '../controls/number-field';
import { useApp, useAppState } from '../store/use-app';

function readEpsilon(text: string): number | undefined {
  const number = Number(text.replace(',', '.'));
  return text.trim() !== '' && Number.isFinite(number) && number > 0 ? number : undefined;
}

/** Field for ε as a number above 0. The timeline has a slider for it. */
export function EpsilonField() {
  const { recipe } = useApp();
  const epsilon = useAppState((state) => state.recipe.current.solver.epsilon);
  const id = useId();
  return (
    <div className="field" data-control="epsilon">
      <span className="labelled">
        <label
          htmlFor={id}
          title="Entropic regularisation, in units of the cost. Small: one partner each. Large: everyone with everyone"
        >
          <i>ε</i>
          <span className="visually-hidden">, the entropic regularisation</span>
        </label>
        <TermMark id="epsilon" />
      </span>
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

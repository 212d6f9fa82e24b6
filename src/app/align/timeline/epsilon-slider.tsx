import { useEffect, useId, useRef } from 'react';
import { TermMark } from '../../glossary/term';
import { epsilonRules } from '../../methods/epsilon-rules';
import { solvedRecipe } from '../../store/derived/solve';
import { useApp, useAppState } from '../../store/use-app';
import { quantity } from '../../words/numbers';
import { EPSILON_STEPS, fromSlider, toSlider } from './epsilon-steps';

/**
 * Live slider for ε. Every change continues the solve from its current potentials. On release the recipe takes the ε, as one
 * undo step.
 */
function LiveEpsilon() {
  const { align } = useApp();
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const epsilon = useAppState((state) => solvedRecipe(state).solver.epsilon);
  const continued = useAppState((state) => state.align.result?.continued === true);

  // The DOM event `change` fires on release only; React's `onChange` fires on every movement.
  useEffect(() => {
    const { current } = input;
    current?.addEventListener('change', align.keepEpsilon);
    return () => current?.removeEventListener('change', align.keepEpsilon);
  }, [align]);

  return (
    <div className="epsilon-live" data-control="epsilon-slider">
      <span className="labelled">
        <label htmlFor={id} title="Entropic regularisation. The solve goes on from the potentials it has">
          <i>ε</i>
          <span className="visually-hidden">, logarithmic</span>
        </label>
        <TermMark id="epsilon" />
      </span>
      <input
        ref={input}
        id={id}
        type="range"
        aria-valuetext={String(epsilon)}
        min={0}
        max={EPSILON_STEPS}
        step={1}
        value={toSlider(epsilon)}
        onChange={(event) => align.tryEpsilon(fromSlider(Number(event.target.value)))}
      />
      <output htmlFor={id}>{quantity(epsilon, 3)}</output>
      {continued && (
        <p className="epsilon-origin">
          started from the plan of the ε before
          <button type="button" className="link-button" onClick={align.again}>
            solve from scratch
          </button>
        </p>
      )}
    </div>
  );
}

/** ε of the solve: a slider if the recipe sets it, only its value if it follows from the cost. */
export function EpsilonSlider() {
  const used = useAppState((state) => state.align.result?.epsilon);
  const absolute = useAppState((state) => epsilonRules(state.recipe.current).rule === 'absolute');
  if (absolute) return <LiveEpsilon />;
  return (
    <p className="epsilon-live" data-control="epsilon-slider">
      <i>ε</i>
      <span className="hint">from the cost</span>
      <output>{used === undefined ? '–' : quantity(used, 3)}</output>
    </p>
  );
}

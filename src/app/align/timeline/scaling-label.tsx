import { Term } from '../../glossary/term';
import { solverOf } from '../../methods/methods';
import { shownScaling } from '../../store/derived/scaling';
import { useAppState } from '../../store/use-app';

/** Explains the mass bars at the half-step on show, in its colour. */
export function ScalingLabel() {
  const scaling = useAppState(shownScaling);
  const paid = useAppState((state) => solverOf(state.recipe.current) === 'unbalanced');
  if (scaling === undefined || scaling === 'start') return null;
  return (
    <span className="scaling scaling-label" data-scaling={scaling}>
      <span>
        {scaling} scaled
        {!paid && (
          <>
            : their <Term id="marginals">bars are at 1</Term>
          </>
        )}
      </span>
    </span>
  );
}

import { hasZeroStart } from '../methods/zero-start';
import { evaluationOf } from '../store/derived/evaluation';
import { useAppState } from '../store/use-app';
import { count, quantity } from '../words/numbers';

/** Says whether the deeper model computes the same as the base, measured or by construction. */
export function SelfCheck() {
  const arm = useAppState((state) => evaluationOf(state, state.recipe.current)?.result);
  const keeps = useAppState((state) => hasZeroStart(state.recipe.current));
  const difference = arm?.maxLogitDifference;
  if (difference === 0)
    return (
      <>
        Measured on {count(arm?.tokens ?? 0)} tokens: the deeper model’s logits equal the base model’s
        exactly.
      </>
    );
  if (difference !== undefined)
    return <>Measured: the largest logit difference from the base model is {quantity(difference, 3)}.</>;
  return keeps ? (
    <>
      Preserved by construction: o_proj and down_proj of new blocks are zero. “Evaluate” beside the tower
      measures it.
    </>
  ) : (
    <>Not preserved: new blocks are not zeroed. “Evaluate” beside the tower measures by how much.</>
  );
}

import { Busy } from '../controls/busy';
import { blockNames } from '../methods/block-names';
import { addedParameters } from '../methods/gaps';
import { Term } from '../glossary/term';
import { hasZeroStart } from '../methods/zero-start';
import { evaluationOf, textTitle } from '../store/derived/evaluation';
import { useApp, useAppState } from '../store/use-app';
import { count, duration, fixed, quantity } from '../words/numbers';

/** Blocks and parameters that the recipe adds and, once evaluated, its effect on the loss before training. */
export function Summary() {
  const { compare } = useApp();
  const info = useAppState((state) => state.model.info);
  const recipe = useAppState((state) => state.recipe.current);
  const base = useAppState((state) => evaluationOf(state, null));
  const arm = useAppState((state) => evaluationOf(state, state.recipe.current));
  const evaluating = useAppState((state) => state.compare.evaluating);
  const text = useAppState(textTitle);
  if (info === undefined) return null;

  const added = addedParameters(recipe, info);
  const blocks = blockNames(recipe, info.layers).filter(({ kind }) => kind !== 'base');
  const losses = base?.result && arm?.result ? { base: base.result.loss, arm: arm.result.loss } : undefined;
  const difference = arm?.result?.maxLogitDifference;
  const failure = base?.failure ?? arm?.failure;
  const running = [base, arm].find((entry) => entry?.status === 'running');

  return (
    <section className="summary" data-control="result" aria-label="Result">
      <h2>Result</h2>
      <dl className="pairs">
        <div>
          <dt>new blocks</dt>
          <dd>
            {blocks.length === 0 ? 'none' : `${blocks.length}: ${blocks.map(({ name }) => name).join(', ')}`}
          </dd>
        </div>
        <div>
          <dt>new parameters</dt>
          <dd>
            {added < 0 ? '−' : '+'}
            {count(Math.abs(added))}
          </dd>
        </div>
        <div>
          <dt>
            <Term id="loss">loss</Term> untrained
          </dt>
          <dd>
            {losses === undefined
              ? '–'
              : losses.arm === losses.base
                ? `${fixed(losses.arm, 4)} = base`
                : `${fixed(losses.arm, 4)}, base ${fixed(losses.base, 4)}`}
          </dd>
        </div>
        <div>
          <dt>
            <Term id="logit-difference">logit difference</Term>
          </dt>
          <dd>
            {difference === undefined ? '–' : difference === 0 ? '0, exactly' : quantity(difference, 3)}
          </dd>
        </div>
      </dl>
      {evaluating ? (
        <Busy label="Evaluating…" progress={running?.progress} onCancel={compare.cancelShown} />
      ) : losses === undefined ? (
        <button
          type="button"
          className="button block-wide"
          data-control="evaluate"
          onClick={() => void compare.evaluateShown()}
        >
          Evaluate
        </button>
      ) : null}
      {failure && (
        <p className="problem" role="alert">
          {failure.message}
        </p>
      )}
      <p className="hint">
        {losses && arm?.result
          ? `${count(arm.result.tokens)} tokens of “${text}”, ${arm.result.backend === 'webgpu' ? 'WebGPU' : 'CPU'}, ${duration(arm.result.milliseconds)}.`
          : hasZeroStart(recipe)
            ? 'With the zero start the loss must equal the base model’s; evaluating measures it.'
            : 'Without the zero start the model changes at once; evaluating measures by how much.'}
      </p>
    </section>
  );
}

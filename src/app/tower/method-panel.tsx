import { useId } from 'react';
import type { MethodId } from '../../recipe/schema';
import { Explained } from '../glossary/explained';
import { Term } from '../glossary/term';
import { ChoiceField } from '../controls/choice-field';
import { RealField } from '../controls/real-field';
import { METHOD_GROUPS, methodInfo, planOf } from '../methods/methods';
import { fillsGaps } from '../methods/gaps';
import { useApp, useAppState } from '../store/use-app';
import { CostFields } from './cost-fields';
import { IgnoredNote } from './ignored-note';
import { ParentsFields } from './parents-fields';
import { SeedField } from './seed-field';
import { SlicesField } from './slices-field';
import { EpsilonRule, SolverFields } from './solver-fields';
import { StructuredFields } from './structured-fields';
import { useApplicability } from './use-applicability';

function ZeroField() {
  const { recipe: actions } = useApp();
  const zeroInit = useAppState((state) => state.recipe.current.zeroInit);
  const byMethod = useAppState((state) => methodInfo(state.recipe.current.method).zeroes);
  return (
    <ChoiceField
      label="Zero start"
      control="zero-start"
      term="zero-start"
      title="On: new blocks start with o_proj and down_proj at zero, and so add nothing to the residual stream"
      value={zeroInit === 'method' ? 'method' : zeroInit ? 'on' : 'off'}
      options={[
        ['method', `method (${byMethod ? 'on' : 'off'})`],
        ['on', 'on'],
        ['off', 'off'],
      ]}
      onChoose={(value) => actions.setZeroInit(value === 'method' ? value : value === 'on')}
    />
  );
}

/** Says why the method cannot be applied, and which settings it ignores. */
function MethodNotes() {
  const applies = useApplicability();
  if (applies === undefined) return null;
  return (
    <>
      {applies.refusal !== undefined && (
        <p className="problem-box" role="alert">
          {applies.refusal}
        </p>
      )}
      {applies.notices.map((notice) => (
        <p key={notice} className="hint">
          {notice}
        </p>
      ))}
    </>
  );
}

/** The method for new blocks, and its settings. */
export function MethodPanel() {
  const { recipe: actions } = useApp();
  const recipe = useAppState((state) => state.recipe.current);
  const { method, alpha, group, gaps } = recipe;
  const words = methodInfo(method);
  const entropic = planOf(recipe) === 'entropic';
  const id = useId();

  return (
    <section className="method" data-control="method-panel" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>
        <Term id="method">Method</Term>
      </h2>
      <IgnoredNote />
      <select
        data-control="method"
        aria-label="Method"
        aria-describedby={`${id}-words`}
        value={method}
        onChange={(event) => actions.setMethod(event.target.value as MethodId)}
      >
        {METHOD_GROUPS.map((methods) => (
          <optgroup key={methods.title} label={methods.title}>
            {methods.methods.map((option) => (
              <option key={option.id} value={option.id}>
                {option.title}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <p id={`${id}-words`} className="hint">
        <code>{method}</code> <Explained text={words.sentence} />
      </p>
      <MethodNotes />
      {words.slices && <SlicesField />}
      {words.plan !== 'none' && <EpsilonRule />}
      {words.structured && <StructuredFields />}
      <div className="field-pair even">
        {words.fuses && (
          <RealField
            control="alpha"
            label="α, share of the previous block"
            term="alpha"
            title="new = α · (moved previous) + (1 − α) · next; the paper has ½"
            value={alpha}
            low={0}
            high={1}
            onChange={actions.setAlpha}
          />
        )}
        {gaps === 'spread' && fillsGaps(method) && (
          <RealField
            label="Blocks per group"
            title="A new block follows every group of this many"
            value={group}
            low={1}
            high={9999}
            whole
            onChange={actions.setGroup}
          />
        )}
        {(entropic || (words.seeded && words.plan === 'none')) && <SeedField hint={`${id}-seed`} />}
        <ZeroField />
      </div>
      <ParentsFields />
      {words.plan !== 'none' && (
        <details className="more" data-control="solver">
          <summary>Solver and cost</summary>
          <SolverFields />
          <div className="cost-fields" data-control="cost">
            <CostFields />
          </div>
        </details>
      )}
      {entropic ? (
        <p id={`${id}-seed`} className="hint">
          Seed 0 starts the potentials at zero, as POT does; others start at random. The converged plan must
          not depend on it.
        </p>
      ) : (
        words.seeded &&
        words.plan === 'none' && (
          <p id={`${id}-seed`} className="hint">
            {words.seedDecides ??
              'The seed decides what is drawn; two seeds show how much of a result is chance.'}
          </p>
        )
      )}
    </section>
  );
}

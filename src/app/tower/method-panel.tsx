import { useId } from 'react';
import type { MethodId } from '../../recipe/schema';
import { METHOD_GROUPS, methodWords } from '../methods';
import { useApp, useAppState } from '../store/app';
import { EpsilonField } from './epsilon-field';
import { SeedField } from './seed-field';

type ZeroChoice = 'method' | 'on' | 'off';

function ZeroField() {
  const { recipe: actions } = useApp();
  const zeroInit = useAppState((state) => state.recipe.current.zeroInit);
  const byMethod = useAppState((state) => methodWords(state.recipe.current.method).zeroes);
  const id = useId();
  const choice: ZeroChoice = zeroInit === 'method' ? 'method' : zeroInit ? 'on' : 'off';
  return (
    <div className="field stacked">
      <label htmlFor={id}>Zero start</label>
      <select
        id={id}
        title="On: new blocks start with o_proj and down_proj at zero, and the deeper model computes exactly what the base does"
        value={choice}
        onChange={({ target: { value } }) => actions.setZeroInit(value === 'method' ? value : value === 'on')}
      >
        <option value="method">method ({byMethod ? 'on' : 'off'})</option>
        <option value="on">on</option>
        <option value="off">off</option>
      </select>
    </div>
  );
}

/** How new blocks are made. */
export function MethodPanel() {
  const { recipe: actions } = useApp();
  const method = useAppState((state) => state.recipe.current.method);
  const words = methodWords(method);
  const id = useId();

  return (
    <section className="method" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Method</h2>
      <select
        aria-label="Method"
        aria-describedby={`${id}-words`}
        value={method}
        onChange={(event) => actions.setMethod(event.target.value as MethodId)}
      >
        {METHOD_GROUPS.map((group) => (
          <optgroup key={group.title} label={group.title}>
            {group.methods.map((option) => (
              <option key={option.id} value={option.id}>
                {option.title}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <p id={`${id}-words`} className="hint">
        <code>{method}</code> {words.sentence}
      </p>
      <EpsilonField disabled={words.plan !== 'entropic'} />
      <div className="field-pair">
        <SeedField disabled={words.plan !== 'entropic'} hint={`${id}-seed`} />
        <ZeroField />
      </div>
      <p id={`${id}-seed`} className="hint">
        Seed 0 starts the potentials at zero, as POT does; others start at random. The converged plan must not
        depend on it.
      </p>
    </section>
  );
}

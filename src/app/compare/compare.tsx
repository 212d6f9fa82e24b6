import { useMemo, useRef, useState } from 'react';
import type { View } from '../../recipe/view';
import { TEXTS, TOKEN_BUDGETS } from '../../recipe/view';
import { recipeGaps } from '../gaps';
import { count } from '../numbers';
import { useApp, useAppState } from '../store/app';
import { toFailure } from '../store/failure';
import { notify } from '../store/notices';
import { TEXT_TITLES } from '../store/evaluations';
import { ArmTable } from './arm-table';
import { LossChart } from './loss-chart';
import type { SortKey } from './rows';
import { compareRows } from './rows';

function Controls({ complete }: { complete: boolean }) {
  const { store, compare, evaluations, view } = useApp();
  const running = useAppState((state) => state.compare.running);
  const text = useAppState((state) => state.view.text);
  const tokens = useAppState((state) => state.view.tokens);
  const own = useAppState((state) => state.evaluations.own);
  const useOwn = useAppState((state) => state.evaluations.useOwn && state.evaluations.own !== undefined);
  const file = useRef<HTMLInputElement>(null);

  return (
    <div className="compare-controls">
      <label>
        Text
        <select
          value={useOwn ? 'own' : text}
          disabled={running}
          onChange={(event) => {
            const { value } = event.target;
            if (value === 'file') file.current?.click();
            else evaluations.chooseText(value as View['text'] | 'own');
          }}
        >
          {TEXTS.map((name) => (
            <option key={name} value={name}>
              {TEXT_TITLES[name]}
            </option>
          ))}
          {own && <option value="own">{own.name}</option>}
          <option value="file">A text file of your own…</option>
        </select>
      </label>
      <input
        ref={file}
        type="file"
        accept=".txt,text/plain"
        hidden
        aria-label="Text file"
        onChange={({ target }) => {
          const picked = target.files?.[0];
          target.value = '';
          picked?.text().then(
            (content) => evaluations.setOwnText(picked.name, content),
            (error: unknown) =>
              notify(store, 'error', `${picked.name} could not be read`, toFailure(error).message),
          );
        }}
      />
      <label>
        Tokens
        <select
          value={tokens}
          disabled={running}
          onChange={({ target: { value } }) => {
            const budget = TOKEN_BUDGETS.find((candidate) => String(candidate) === value);
            if (budget !== undefined) view.show({ tokens: budget });
          }}
        >
          {TOKEN_BUDGETS.map((budget) => (
            <option key={budget} value={budget}>
              first {count(budget)}
            </option>
          ))}
        </select>
      </label>
      {running ? (
        <button type="button" className="button" onClick={compare.cancel}>
          Cancel
        </button>
      ) : (
        <button
          type="button"
          className="button primary"
          disabled={complete}
          onClick={() => void compare.run()}
        >
          {complete ? 'All evaluated' : 'Evaluate all'}
        </button>
      )}
    </div>
  );
}

/** Base and every method on one text, before any training. */
export function Compare() {
  const state = {
    model: useAppState((s) => s.model),
    backend: useAppState((s) => s.backend),
    recipe: useAppState((s) => s.recipe),
    view: useAppState((s) => s.view),
    evaluations: useAppState((s) => s.evaluations),
  };
  const { store } = useApp();
  const [sort, setSort] = useState<{ key: SortKey; descending: boolean }>({ key: 'arm', descending: false });
  const { model, backend, recipe, view, evaluations } = state;
  const rows = useMemo(
    () => compareRows({ ...store.getState(), model, backend, recipe, view, evaluations }),
    [store, model, backend, recipe, view, evaluations],
  );
  const layers = model.info?.layers ?? 0;
  const gaps = recipeGaps(recipe.current, layers);
  const complete = rows.every((row) => row.status === 'done');
  // Plotly takes the main thread for a while when it is first loaded: not while something is being computed.
  const busy = useAppState((s) => s.compare.running || s.compare.evaluating);
  const any = rows.some((row) => row.arm !== 'base' && row.loss !== undefined);

  return (
    <section className="compare" aria-labelledby="compare-title">
      <div className="row spread wrap">
        <div>
          <h2 id="compare-title">Every method at the same gaps, before training</h2>
          <p className="hint">
            New blocks in {gaps.length === 1 ? 'gap' : 'gaps'}{' '}
            {gaps.map((gap) => `${gap}|${gap + 1}`).join(', ')}, ε = {recipe.current.solver.epsilon}, zero
            start{' '}
            {recipe.current.zeroInit === 'method'
              ? 'as each method has it'
              : recipe.current.zeroInit
                ? 'on for all'
                : 'off for all'}
            .
          </p>
        </div>
        <Controls complete={complete} />
      </div>
      <ArmTable
        rows={rows}
        sort={sort}
        onSort={(key) => setSort((before) => ({ key, descending: before.key === key && !before.descending }))}
      />
      {any && !busy && <LossChart rows={rows} />}
      <div className="prose note">
        <h3>What this shows, and what it does not</h3>
        <p>
          Zeroed methods compute exactly what the base computes, so their loss equals the base’s and their
          largest logit difference is 0: that is function preservation, and it says nothing about which start
          trains best. Where nothing is zeroed, a loss nearer to the base’s is no evidence of alignment
          either: a diffuse plan shrinks the block’s weights, and a weaker block disturbs less. Sharpness
          tells whether a plan pairs neurons at all: an empty bar is a plan that sends every neuron to
          everyone alike. Only training after insertion, at equal budget, can tell the methods apart.
        </p>
      </div>
    </section>
  );
}

/* Room `compare`: the stage Compare, arms in a table and in plots. Imports no other stage. */

import { useMemo, useRef, useState } from 'react';
import { Term, TermMark } from '../glossary/term';
import { Segments } from '../controls/segments';
import { gapName } from '../methods/block-names';
import { recipeGaps } from '../methods/gaps';
import { BASE_ARM, comparisons } from '../store/derived/comparison';
import { hasDepth } from '../store/derived/evaluation';
import { useApp, useAppState } from '../store/use-app';
import { ArmTable } from './arm-table';
import { chartHeight } from './loss-bars';
import { CompareControls } from './compare-controls';
import { FileButtons } from './file-buttons';
import { Plots } from './plots';
import { ResultNotes } from './result-notes';
import { RecipePanel, showBelow } from './recipe-panel';
import type { ArmRow, SortKey } from './rows';
import { compareRows } from './rows';
import { VerdictBox } from './verdict-box';

/** Settings that all arms share. */
function SharedSettings() {
  const recipe = useAppState((state) => state.recipe.current);
  const layers = useAppState((state) => state.model.info?.layers ?? 0);
  const comparison = useAppState((state) => state.view.comparison);
  const gaps = recipeGaps(recipe, layers);
  const zero =
    recipe.zeroInit === 'method' ? 'as each method has it' : recipe.zeroInit ? 'on for all' : 'off for all';
  return (
    <p className="hint">
      {comparison === 'methods' && gaps.length > 0 && (
        <>
          New blocks in {gaps.length === 1 ? 'gap' : 'gaps'}{' '}
          {gaps.map((gap) => gapName(gap, layers)).join(', ')},{' '}
        </>
      )}
      <Term id="epsilon">ε</Term> = {recipe.solver.epsilon}, <Term id="seed">seed</Term> {recipe.seed}
      {comparison === 'methods' && (
        <>
          , <Term id="zero-start">zero start</Term> {zero}
        </>
      )}
      . Nothing is trained.
    </p>
  );
}

/** Checks or unchecks every arm. */
function ArmSelection({ rows }: { rows: readonly ArmRow[] }) {
  const { compare } = useApp();
  const arms = rows.filter(({ id, file }) => id !== BASE_ARM.id && file === undefined);
  const chosen = arms.filter((row) => row.chosen).length;
  const ids = arms.map(({ id }) => id);
  return (
    <p className="hint row">
      <span>
        {chosen} of {arms.length} arms
      </span>
      <button type="button" className="link-button" onClick={() => compare.choose(ids, true)}>
        all
      </button>
      <button type="button" className="link-button" onClick={() => compare.choose(ids, false)}>
        none
      </button>
    </p>
  );
}

/** The stage Compare: arms on one model and text, without training. */
export function CompareStage() {
  const { store, compare } = useApp();
  const model = useAppState((s) => s.model);
  const backend = useAppState((s) => s.backend);
  const recipe = useAppState((s) => s.recipe);
  const view = useAppState((s) => s.view);
  const evaluations = useAppState((s) => s.evaluations);
  const choices = useAppState((s) => s.compare);
  const [sort, setSort] = useState<{ key: SortKey; descending: boolean }>({ key: 'arm', descending: false });
  const [opened, setOpened] = useState<string>();
  const panel = useRef<HTMLDivElement>(null);

  const { rows, reference } = useMemo(
    () => compareRows({ ...store.getState(), model, backend, recipe, view, evaluations, compare: choices }),
    [store, model, backend, recipe, view, evaluations, choices],
  );
  const wanted = rows.filter((row) => row.chosen && row.file === undefined);
  const complete = wanted.every((row) => hasDepth(row.entry, view.depth));
  // Loading plotly blocks the main thread for a while, so it waits until nothing is being computed.
  const busy = choices.running || choices.evaluating;
  const any = rows.some((row) => row.recipe !== null && row.values.loss !== undefined);

  function open(row: ArmRow, anchor: HTMLElement): void {
    setOpened(row.id);
    // The panel has its size after the next frame.
    requestAnimationFrame(() => panel.current && showBelow(panel.current, anchor));
  }

  return (
    <section className="compare" aria-labelledby="compare-title">
      <h2 id="compare-title">What each method does to the model, before training</h2>
      <div className="labelled">
        <Segments
          name="Arms"
          control="compare-presets"
          options={comparisons(recipe.current).map(({ id, title }) => ({ value: id, label: title }))}
          value={view.comparison}
          onChoose={compare.show}
        />
        <TermMark id="preset" />
      </div>
      <div className="compare-setup">
        <CompareControls complete={complete} />
        <SharedSettings />
      </div>
      <VerdictBox comparison={view.comparison} rows={rows} running={choices.running} />
      {busy && (any || choices.running) && (
        <p className="chart-to-come" style={{ height: chartHeight(wanted) }}>
          The chart is drawn when all are evaluated.
        </p>
      )}
      {any && !busy && <Plots rows={rows} />}
      <div className="compare-table">
        <div className="row spread wrap">
          <ArmSelection rows={rows} />
          <FileButtons rows={rows} />
        </div>
        <ArmTable
          rows={rows}
          reference={reference}
          sort={sort}
          onSort={(key) =>
            setSort((before) => ({ key, descending: before.key === key && !before.descending }))
          }
          onOpen={open}
        />
      </div>
      <RecipePanel panel={panel} row={rows.find(({ id }) => id === opened)} />
      <ResultNotes comparison={view.comparison} rows={rows} />
    </section>
  );
}

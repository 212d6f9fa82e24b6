import { useId, useState } from 'react';
import { ActionButton } from '../controls/action-button';
import type { CellAddress } from '../../recipe/view';
import { Term } from '../glossary/term';
import { Partners } from '../controls/partners';
import { methodInfo } from '../methods/methods';
import { gapName } from '../methods/block-names';
import { gapParents, recipeGaps } from '../methods/gaps';
import { shownGap } from '../store/derived/gap';
import { chosenBlocks, gapOfBlocks } from '../store/derived/map';
import type { MapState } from '../store/state/map';
import { useApp, useAppState } from '../store/use-app';
import { quantity } from '../words/numbers';
import { hasZeroDiagonal, mapValues } from './map-values';
import { ROW_NAMES, placeWords } from './words';

const CLOSEST = 5;

const NO_PARENTS = 'Align shows the parents of a gap: use the pair as those first';

/** Buttons that make the chosen blocks a new block's parents or show them in Align. */
function Actions({ pair }: { pair: CellAddress }) {
  const { map } = useApp();
  const recipe = useAppState((state) => state.recipe.current);
  const layers = useAppState((state) => state.model.info?.layers ?? 0);
  const home = useAppState((state) => gapOfBlocks(state, pair));
  const shown = useAppState(shownGap);
  const [picked, setPicked] = useState<number>();
  const id = useId();
  const gaps = recipeGaps(recipe, layers);
  const { title, parents } = methodInfo(recipe.method);
  if (gaps.length === 0)
    return (
      <p className="hint">
        {title}: fills no gaps, so no pair is a new block’s parents. Choose another method.
      </p>
    );
  const fallback = shown !== undefined && gaps.includes(shown) ? shown : (gaps.at(-1) ?? 0);
  const gap = picked !== undefined && gaps.includes(picked) ? picked : fallback;
  const used = String(gapParents(recipe, gap)) === String([pair.row, pair.column]);
  return (
    <section className="map-actions" aria-label="Use the pair">
      <label htmlFor={id}>Gap of the new block</label>
      <select id={id} value={gap} onChange={({ target }) => setPicked(Number(target.value))}>
        {gaps.map((option) => {
          const [previous, next] = gapParents(recipe, option);
          return (
            <option key={option} value={option}>
              {gapName(option, layers)}, made from {previous} and {next}
            </option>
          );
        })}
      </select>
      <ActionButton
        className="button"
        unavailable={used ? 'They are its parents already' : undefined}
        onClick={() => map.makeParents(gap)}
      >
        {`${used ? 'Parents' : 'Use as parents'} of gap ${gapName(gap, layers)}`}
      </ActionButton>
      <ActionButton
        className="button"
        unavailable={home === undefined ? NO_PARENTS : undefined}
        onClick={() => home !== undefined && map.align(home)}
      >
        Open in Align
      </ActionButton>
      {home === undefined && <p className="hint">{NO_PARENTS}.</p>}
      {parents === 'previous' && <p className="hint">{title}: reads the previous block alone.</p>}
    </section>
  );
}

/** The values of the chosen pair, and the nearest rows and columns. */
function Values({ map, pair }: { map: NonNullable<MapState['shown']>; pair: CellAddress }) {
  const { map: actions } = useApp();
  const value = useAppState((state) => state.view.mapValue);
  const { result, rows, level } = map;
  const at = pair.row * result.columns + pair.column;
  const partner = result.rows === rows ? result.assignment?.[pair.row] : undefined;
  const drawn = result.nullDistances?.[at];
  const values = mapValues(map, value);
  const name = ROW_NAMES[level.kind];
  const itself = hasZeroDiagonal(level);
  const nearest = (to: number, of: (index: number) => number) =>
    Array.from({ length: result.rows }, (_, index) => ({ index, value: values[of(index)] ?? Number.NaN }))
      .filter(({ index }) => !(itself && index === to))
      .toSorted((a, b) => a.value - b.value)
      .slice(0, CLOSEST);
  const whole = result.rows === rows;
  return (
    <>
      <dl className="pairs">
        <div>
          <dt>
            <Term id="distance-of-blocks">distance</Term>
          </dt>
          <dd>{quantity(result.distances[at] ?? Number.NaN, 5)}</dd>
        </div>
        <div>
          <dt>
            <Term id="relative-distance">relative</Term>
          </dt>
          <dd>{quantity(result.relative[at] ?? Number.NaN, 4)}</dd>
        </div>
        {drawn !== undefined && drawn > 0 && (
          <>
            <div>
              <dt>
                <Term id="null">its null</Term>
              </dt>
              <dd>{quantity(drawn, 5)}</dd>
            </div>
            <div>
              <dt>
                <Term id="excess">excess</Term>
              </dt>
              <dd>{quantity(100 * (1 - (result.distances[at] ?? Number.NaN) / drawn), 2)} %</dd>
            </div>
          </>
        )}
        {partner !== undefined && (
          <div>
            <dt>
              <Term id="assignment">assigned</Term> to {pair.row}
            </dt>
            <dd>
              {partner}
              {partner === pair.column && ', this one'}
            </dd>
          </div>
        )}
      </dl>
      {level.kind !== 'neurons' && (
        <button type="button" className="button" onClick={() => actions.open(pair)}>
          Open {name}s {pair.row} → {pair.column}
        </button>
      )}
      {whole && (
        <>
          <Partners
            title={`Nearest to row ${pair.row}`}
            arrow="→"
            partners={nearest(pair.row, (column) => pair.row * result.columns + column)}
            masses={false}
            current={pair.column}
            onGo={(column) => actions.choose({ row: pair.row, column })}
          />
          <Partners
            title={`Nearest to column ${pair.column}`}
            arrow="←"
            partners={nearest(pair.column, (row) => row * result.columns + pair.column)}
            masses={false}
            current={pair.row}
            onGo={(row) => actions.choose({ row, column: pair.column })}
          />
        </>
      )}
    </>
  );
}

/** The chosen pair of the map: its values, and actions on its blocks. */
export function PairPanel() {
  const shown = useAppState((state) => state.map.shown);
  const chosen = useAppState((state) => state.view.mapCell);
  const blocks = useAppState((state) => chosenBlocks(state));
  const id = useId();
  const count = shown?.result.rows ?? 0;
  const pair = chosen && chosen.row < count && chosen.column < count ? chosen : undefined;
  return (
    <aside className="inspector" aria-labelledby={id}>
      <h2 id={id}>Pair</h2>
      {shown && pair ? (
        <>
          <p className="pair">
            {ROW_NAMES[shown.level.kind]} {placeWords(pair.row, count, shown.rows)} →{' '}
            {placeWords(pair.column, count, shown.rows)}
          </p>
          <Values map={shown} pair={pair} />
        </>
      ) : (
        <p className="hint">
          Choose a pair of the map by a click or with Enter; choose it again to open it into finer ones.
        </p>
      )}
      {blocks && (
        <>
          <h2>
            Blocks {blocks.row} and {blocks.column}
          </h2>
          <Actions pair={blocks} />
        </>
      )}
    </aside>
  );
}

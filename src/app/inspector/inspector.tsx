import type { Cell, Partner } from '../../engine/jobs';
import type { Recipe } from '../../recipe/schema';
import { comparesActivations } from '../methods';
import { count, quantity, subscript, sum } from '../numbers';
import { useApp, useAppState } from '../store/app';
import { shownCell } from '../store/cell';
import { Stripe } from './stripe';

/** The cost of two rows, as far as the recipe says how it is made; a method's own metric is the Euclidean distance. */
function costFormula(a: string, b: string, recipe: Recipe): string {
  const { metric, scale } = recipe.cost;
  const own = comparesActivations(recipe) ? 'cosine' : 'euclidean';
  const between = {
    euclidean: `‖${a} − ${b}‖₂`,
    squared: `‖${a} − ${b}‖₂²`,
    cosine: comparesActivations(recipe) ? `1 − r(${a}, ${b})` : `1 − cos(${a}, ${b})`,
  }[metric === 'method' ? own : metric];
  return scale === 'method' || scale === 'none' ? between : `(${between}) / ${scale}`;
}

function Formula({ cell, rows }: { cell: Cell; rows: number }) {
  const { row, column, cost, mass, f, g, epsilon } = cell;
  const settings = useAppState((state) => state.recipe.current);
  const soft = mass !== undefined && f !== undefined && g !== undefined && epsilon !== undefined;
  return (
    <div className="formula" aria-label="Formula of this cell">
      <p>
        M = {costFormula(`A${subscript(row)}`, `B${subscript(column)}`, settings)} = <b>{quantity(cost)}</b>
      </p>
      {soft ? (
        <>
          <p>n·T = n·exp((f + g − M)/ε)</p>
          <p className="indent">
            = {rows}·exp(({sum([f, g, -cost])})/{quantity(epsilon, 3)})
          </p>
          <p className="indent">
            = <b className="value">{quantity(mass, 3)}</b>
          </p>
        </>
      ) : mass !== undefined ? (
        <p>
          n·T ={' '}
          <b className="value">
            {mass === 0 ? '0: not assigned' : `${quantity(mass, 3)}: assigned to each other`}
          </b>
        </p>
      ) : (
        <p>No plan: this method moves no mass.</p>
      )}
    </div>
  );
}

interface PartnersProps {
  readonly title: string;
  readonly arrow: string;
  readonly partners: readonly Partner[];
  /** Values are masses, the larger the better; else costs, the smaller the better. */
  readonly masses: boolean;
  readonly current: number;
  readonly onGo: (index: number) => void;
}

/** The best partners of one neuron, block or head, to go to. */
export function Partners({ title, arrow, partners, masses, current, onGo }: PartnersProps) {
  const largest = Math.max(...partners.map(({ value }) => value), Number.MIN_VALUE);
  return (
    <section className="partners">
      <h3>{title}</h3>
      <ol>
        {partners.map(({ index, value }) => (
          <li key={index}>
            <button type="button" aria-current={index === current} onClick={() => onGo(index)}>
              <span>
                {arrow} {index}
              </span>
              <span className="bar">
                <i style={{ width: `${(100 * value) / largest}%` }} />
              </span>
              <span>{masses ? quantity(value, 2) : quantity(value, 4)}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

function CellDetails({ cell, rows }: { cell: Cell; rows: number }) {
  const { cell: actions } = useApp();
  const difference = cell.rowWeights.map((weight, i) => weight - (cell.columnWeights[i] ?? 0));
  const limit = [...cell.rowWeights, ...cell.columnWeights].reduce((max, w) => Math.max(max, Math.abs(w)), 0);
  const masses = cell.mass !== undefined && cell.f !== undefined;
  const activations = useAppState((state) => comparesActivations(state.recipe.current));
  const what = activations ? 'activations' : 'weights';
  const named = activations ? 'Activations' : 'Weights';
  return (
    <>
      <div className="stripes">
        <Stripe weights={cell.rowWeights} limit={limit} name={`${named} of row ${cell.row}`} />
        <Stripe weights={cell.columnWeights} limit={limit} name={`${named} of column ${cell.column}`} />
        <Stripe weights={difference} limit={limit} name="Difference" />
        <p>
          <span>
            {what} of {cell.row}, {cell.column}, difference
          </span>
          <span>
            {count(cell.rowWeights.length)} {activations ? 'tokens' : 'inputs'}
          </span>
        </p>
      </div>
      <Formula cell={cell} rows={rows} />
      <Partners
        title={`Best partners of row ${cell.row}`}
        arrow="→"
        partners={cell.bestColumns}
        masses={masses}
        current={cell.column}
        onGo={(column) => actions.visit({ row: cell.row, column })}
      />
      <Partners
        title={`Best partners of column ${cell.column}`}
        arrow="←"
        partners={cell.bestRows}
        masses={masses}
        current={cell.row}
        onGo={(row) => actions.visit({ row, column: cell.column })}
      />
    </>
  );
}

/** The cell under the cursor, or the pinned one, with everything behind it. */
export function Inspector() {
  const { cell: actions } = useApp();
  const address = useAppState(shownCell);
  const pinned = useAppState((state) => state.view.cell !== null);
  const result = useAppState((state) => state.cell.result);
  const subject = useAppState((state) => state.align.subject);
  const current = useAppState(
    ({ align, cell }) => cell.result !== undefined && cell.result.key === align.key,
  );
  const parents = useAppState(({ recipe, align }) => recipe.current.parents[align.subject?.gap ?? -1]);

  return (
    <aside className="inspector" aria-labelledby="pair-title">
      <div className="row spread">
        <h2 id="pair-title">Pair</h2>
        {address && (
          <button
            type="button"
            className="link-button"
            aria-pressed={pinned}
            onClick={() => (pinned ? actions.unpin() : actions.pin(address))}
          >
            {pinned ? 'pinned' : 'pin'}
          </button>
        )}
      </div>
      {address === undefined || subject === undefined ? (
        <p className="hint">Point at a cell of the picture, or move there with the arrow keys.</p>
      ) : (
        <>
          <div>
            <p className="pair">
              {subject.tensor} {address.row} → {address.column}
            </p>
            <p className="hint">
              row of block {parents?.[0] ?? subject.gap}, column of block {parents?.[1] ?? subject.gap + 1}
            </p>
          </div>
          {result && (
            <div
              className="cell-details"
              data-stale={!current || result.row !== address.row || result.column !== address.column}
            >
              <CellDetails cell={result} rows={subject.rows} />
            </div>
          )}
        </>
      )}
    </aside>
  );
}

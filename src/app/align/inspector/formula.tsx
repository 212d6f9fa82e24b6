import { Fragment } from 'react';
import type { Cell } from '../../../engine/jobs';
import { Term } from '../../glossary/term';
import { quantity, subscript } from '../../words/numbers';
import { costFormula, effectiveCost } from './cost-formula';

/** A written sum of terms. Each term has the colour of its source. */
function Sum({ terms }: { terms: readonly (readonly [value: number, of: string])[] }) {
  return terms.map(([value, of], i) => (
    <Fragment key={of}>
      {i === 0 ? '' : value < 0 ? ' − ' : ' + '}
      <span className={`of-${of}`}>{quantity(i === 0 ? value : Math.abs(value))}</span>
    </Fragment>
  ));
}

function Cost({ cell, activations }: { cell: Cell; activations: boolean }) {
  const { row, column, cost } = cell;
  const formula = costFormula(cell, activations);
  if (formula === undefined)
    return (
      <p>
        M{subscript(row)}‚{subscript(column)} = <b>{quantity(cost)}</b>
      </p>
    );
  const { expression, value, divisor } = formula;
  return (
    <p>
      <Term id="cost">M</Term> = {expression(`A${subscript(row)}`, `B${subscript(column)}`)}
      {divisor && (
        <>
          {' '}
          / {divisor.name} = {quantity(value)} / {quantity(divisor.value)}
        </>
      )}{' '}
      = <b>{quantity(cost)}</b>
    </p>
  );
}

interface FormulaProps {
  readonly cell: Cell;
  readonly rows: number;
  /** True if the rows hold activations, false if weights. */
  readonly activations: boolean;
}

/** The numbers of one cell in the formulas that give them. f and g have the colours of their half-steps. */
export function CellFormula({ cell, rows, activations }: FormulaProps) {
  const { mass, f, g, epsilon } = cell;
  const inForce = effectiveCost(cell, rows);
  const moved = inForce !== cell.cost;
  const soft =
    inForce !== undefined &&
    mass !== undefined &&
    f !== undefined &&
    g !== undefined &&
    epsilon !== undefined;
  return (
    <div className="formula" role="group" aria-label="Formula of this cell">
      <Cost cell={cell} activations={activations} />
      {soft ? (
        <>
          {moved && <p>M′ = {quantity(inForce)}, after ProgOT moved the rows</p>}
          <p>
            <Term id="mass">n·T</Term> = n·exp((
            <span className="of-rows">
              <Term id="potentials">f</Term>
            </span>{' '}
            + <span className="of-columns">g</span> − {moved ? 'M′' : 'M'})/ε)
          </p>
          <p className="indent">
            = {rows}·exp((
            <Sum
              terms={[
                [f, 'rows'],
                [g, 'columns'],
                [-inForce, 'cost'],
              ]}
            />
            )/{quantity(epsilon, 3)})
          </p>
          <p className="indent">
            = <b className="value">{quantity(mass, 3)}</b>
          </p>
        </>
      ) : mass !== undefined ? (
        <p>
          <Term id="mass">n·T</Term> ={' '}
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

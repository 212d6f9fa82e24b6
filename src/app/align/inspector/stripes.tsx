import type { PointerEvent } from 'react';
import { useMemo, useState } from 'react';
import type { Cell } from '../../../engine/jobs';
import { Term } from '../../glossary/term';
import { count, quantity, subscript } from '../../words/numbers';
import { Stripe } from './stripe';
import { stripeValues } from './stripe-values';

interface StripesProps {
  readonly cell: Cell;
  /** Base blocks of the row and the column. */
  readonly parents: readonly [number, number];
  /** True if the rows hold activations (one per token), false if weights (one per input). */
  readonly activations: boolean;
}

/** Both rows of weights (or activations) and their difference as stripes. The pointer reads one input of all three. */
export function Stripes({ cell, parents, activations }: StripesProps) {
  const [what, along] = activations ? ['Activations', 'token'] : ['Weights', 'input'];
  const { row, column, rowWeights, columnWeights } = cell;
  const values = useMemo(() => stripeValues(rowWeights, columnWeights), [rowWeights, columnWeights]);
  const { difference, limit, furthest, cosine } = values;
  const [pointed, setPointed] = useState<number>();
  const size = rowWeights.length;
  const at = pointed !== undefined && pointed < size ? pointed : furthest;
  const [a, b] = [`A${subscript(row)}`, `B${subscript(column)}`];

  function point(event: PointerEvent): void {
    const stripe = event.currentTarget.querySelector('.stripe')?.getBoundingClientRect();
    if (stripe === undefined || stripe.width === 0) return;
    const place = Math.floor(((event.clientX - stripe.left) / stripe.width) * size);
    setPointed(Math.max(0, Math.min(size - 1, place)));
  }

  return (
    <div className="stripes" onPointerMove={point} onPointerLeave={() => setPointed(undefined)}>
      <div className="stripe-rows" style={{ '--at': (at + 0.5) / size } as object}>
        <span>{a}</span>
        <Stripe
          weights={rowWeights}
          limit={limit}
          name={`${what} of row ${row}, a neuron of block ${parents[0]}`}
        />
        <span>{b}</span>
        <Stripe
          weights={columnWeights}
          limit={limit}
          name={`${what} of column ${column}, a neuron of block ${parents[1]}`}
        />
        <span>A−B</span>
        <Stripe weights={difference} limit={limit} name="Difference" />
        <i className="stripe-mark" />
      </div>
      <p>
        <span>
          {pointed === undefined ? 'furthest apart at ' : ''}
          {along} {at}: {quantity(rowWeights[at] ?? NaN, 3)} and {quantity(columnWeights[at] ?? NaN, 3)}
        </span>
      </p>
      <p>
        <span>
          <Term id="cosine">cosine</Term> {quantity(cosine, 3)}
        </span>
        <span>
          {count(size)} {along}s
        </span>
      </p>
    </div>
  );
}

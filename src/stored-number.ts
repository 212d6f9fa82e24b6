import * as v from 'valibot';

/** Schemas of numbers in what was stored as JSON. */

export const finite = v.pipe(v.number(), v.finite('expected a finite number'));

/** A count or an index. */
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A number that may be NaN, for which JSON has null. */
export const orNaN = v.pipe(
  v.nullable(finite),
  v.transform((value) => value ?? Number.NaN),
);

import { type Matrix, mean, tabulated } from './matrix';
import type { Rounding } from './rounding';

export interface CostSettings {
  readonly metric: 'euclidean' | 'squared' | 'cosine';
  readonly rows: 'raw' | 'unit';
  readonly scale: 'none' | 'max' | 'mean' | 'median';
}

/** A cost, with the rows it was computed of and the number that it was divided by. */
export interface Cost {
  readonly matrix: Matrix;
  readonly a: Matrix;
  readonly b: Matrix;
  readonly unit: number;
}

/** Costs between the rows of two matrices (docs/method.md 3.1, 5). A row of zeros has no direction: it stays zero. */
export function costOf(a: Matrix, b: Matrix, settings: CostSettings, rounding: Rounding): Cost {
  const unit = settings.rows === 'unit' || settings.metric === 'cosine';
  const [x, y] = unit ? [unitRows(a, rounding), unitRows(b, rounding)] : [a, b];
  const raw = distances(x, y, settings.metric, rounding);
  const by = scaleOf(raw, settings.scale, rounding);
  return { matrix: divided(raw, by, rounding), a: x, b: y, unit: by };
}

/** The cost of other rows against the same columns, on the same scale. */
export function costOfRows(
  points: Matrix,
  { b, unit }: Cost,
  settings: CostSettings,
  rounding: Rounding,
): Matrix {
  const x = settings.metric === 'cosine' ? unitRows(points, rounding) : points;
  return divided(distances(x, b, settings.metric, rounding), unit, rounding);
}

const divided = (raw: Matrix, by: number, rounding: Rounding): Matrix =>
  by === 1 ? raw : { ...raw, values: raw.values.map((value) => rounding.near(value / by, 4)) };

function unitRows(x: Matrix, rounding: Rounding): Matrix {
  const values = x.values.slice();
  for (let i = 0; i < x.rows; i++) {
    const row = values.subarray(i * x.columns, (i + 1) * x.columns);
    // Divided by the largest entry first, so that squares of tiny numbers do not vanish.
    const most = row.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    if (most === 0) continue;
    let squares = 0;
    for (const value of row) squares += (value / most) ** 2;
    const factor = rounding.near(1 / (most * Math.sqrt(squares)), x.columns + 6);
    for (let j = 0; j < row.length; j++) row[j] = rounding.near((row[j] as number) * factor, 2);
  }
  return { ...x, values };
}

function distances(x: Matrix, y: Matrix, metric: CostSettings['metric'], rounding: Rounding): Matrix {
  const width = x.columns;
  // Squares come from ‖a‖² + ‖b‖² − 2ab where they are above a quarter of ‖a‖² + ‖b‖², so a rounding of these is at most four of the
  // square, and ab adds as many again; elsewhere from differences, with few roundings.
  const terms = 8 * (width + 4);
  return tabulated(x.rows, y.rows, (i, j) => {
    let [squared, inner, size, own, other] = [0, 0, 0, 0, 0];
    for (let k = 0; k < width; k++) {
      const [p, q] = [x.values[i * width + k] as number, y.values[j * width + k] as number];
      squared += (p - q) ** 2;
      inner += p * q;
      size += Math.abs(p * q);
      own += p * p;
      other += q * q;
    }
    if (metric === 'cosine') {
      if (own === 0 || other === 0) return own === other ? 0 : 1;
      // Rows have unit length. The nearer two rows are, the more of 1 − cos is taken from their difference.
      return squared <= 0.5
        ? rounding.near(squared / 2, terms)
        : rounding.near(1 - inner, width + 8, 1 + size);
    }
    return rounding.near(metric === 'squared' ? squared : Math.sqrt(squared), terms);
  });
}

function scaleOf(raw: Matrix, scale: CostSettings['scale'], rounding: Rounding): number {
  const all = raw.values.toSorted();
  const most = all.at(-1) ?? 0;
  if (scale === 'none' || most === 0) return 1;
  if (scale === 'max') return most;
  if (scale === 'mean') return rounding.near(mean(all), raw.columns + 8);
  return ((all[Math.ceil(all.length / 2) - 1] ?? 0) + (all[Math.floor(all.length / 2)] ?? 0)) / 2;
}

export const standardDeviation = ({ values }: Matrix): number => {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
};

import { csv } from '../files/csv';
import type { SavedResult } from '../store/state/evaluations';
import { MEASURES, MEASURE_IDS } from './measures';
import type { ArmRow } from './rows';

/** Writes rows with a result as CSV: arm and conditions, then every measure, which is empty if unknown. */
export function toCsv(rows: readonly ArmRow[]): string {
  const head = ['arm', 'method', 'differs from the reference in', 'model', 'text', 'tokens', 'backend'];
  const ids = [...MEASURE_IDS];
  const lines = rows
    .filter(({ saved }) => saved !== undefined)
    .map(({ title, recipe, differs, saved, values, unconverged }) => [
      title,
      recipe?.method ?? 'base',
      differs.join(' + '),
      saved?.model.name ?? '',
      saved?.text ?? '',
      String(saved?.tokens ?? ''),
      saved?.device ?? '',
      ...ids.map((id) => (values[id] === undefined ? '' : String(values[id]))),
      String(unconverged),
      saved?.recipe ? JSON.stringify(saved.recipe) : '',
    ]);
  const header = [...head, ...ids.map((id) => MEASURES[id].label), 'plans not converged', 'recipe'];
  return csv([header, ...lines]);
}

/** Saved results of rows, without duplicates. */
export function results(rows: readonly ArmRow[]): SavedResult[] {
  const byKey = new Map(rows.flatMap(({ saved }) => (saved ? [[saved.key, saved] as const] : [])));
  return [...byKey.values()];
}

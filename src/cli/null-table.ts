import type { AgainstNull, AlignResult, NullMeasure } from '../engine/jobs';
import { table } from './command';
import { UsageError, numberOf, type Parsed } from './usage';

/** Tensors of more rows are measured against the null only if that is asked for: every draw is a solve. */
const UNASKED_ROWS = 512;

export const NULL_OPTIONS = { null: { value: 'DRAWS' }, stored: {} } as const;

/** Returns the draws of `--null`; undefined without it. @throws UsageError for 1 draw, which has no spread. */
export function drawsOf(parsed: Parsed): number | undefined {
  const draws = numberOf(parsed, 'null', 'integer');
  if (draws === undefined || draws === 0 || draws >= 2) return draws;
  throw new UsageError(`expected --null to be 0 or at least 2 draws, whose spread is given, got ${draws}`);
}

/** Returns which of the aligned tensors to measure against their null: with `draws` all, for 0 none, else those of up to 512 rows. */
export function nullTensors(
  draws: number | undefined,
  results: readonly AlignResult[],
): AlignResult['tensor'][] {
  const asked =
    draws === undefined ? results.filter(({ rows }) => rows <= UNASKED_ROWS) : draws > 0 ? results : [];
  return asked.map(({ tensor }) => tensor);
}

/** The numbers of a tensor for JSON, or the reason why it has none. */
export function nullJson(measure: NullMeasure | undefined): object | null {
  if (measure === undefined) return null;
  const { tensor: _, ...rest } = measure;
  return rest;
}

/** A table of tensors beside their nulls, and a line for each reason why there is none. */
export function nullTable(measures: readonly NullMeasure[]): string {
  const pair = (value: AgainstNull | null, digits: number): string[] =>
    value
      ? [value.real.toFixed(digits), `${value.mean.toFixed(digits)} ± ${value.deviation.toFixed(digits)}`]
      : ['–', '–'];
  const percent = (value: AgainstNull | null): string =>
    value ? `${(100 * value.excess).toFixed(1)} %` : '–';
  const rows = measures.flatMap((measure) => {
    if (measure.reason !== undefined) return [];
    const { tensor, matching, matchedMass, exactCost, transportCost } = measure;
    const cost = exactCost ?? transportCost;
    const mass = [...pair(matchedMass, 4), percent(matchedMass)];
    return [
      [
        tensor,
        ...mass,
        ...pair(cost, 4),
        percent(cost),
        matching === 'by-row' ? 'mass by row, cost of the plan' : '',
      ],
    ];
  });
  const reasons = new Set(measures.flatMap(({ reason }) => reason ?? []));
  const head = [
    'against the null',
    'matched mass',
    'null',
    'excess',
    'cost one to one',
    'null',
    'excess',
    '',
  ];
  return [...(rows.length > 0 ? [table([head, ...rows])] : []), ...reasons].join('\n');
}

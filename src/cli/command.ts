import type { Session } from './session';
import type { Options, Parsed } from './usage';

/** What a command found out, for programs and for people. */
interface Answer {
  readonly json: object;
  readonly text: string;
}

export interface Command {
  /** The arguments, as the usage shows them. */
  readonly usage: string;
  readonly summary: string;
  /** Beside `--json` and `--help`. */
  readonly options: Options;
  /** Checks everything about the command line that needs no model first. @throws UsageError. */
  run(parsed: Parsed, session: Session): Promise<Answer>;
}

/** Rows as lines with aligned columns; numbers are to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => String(row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((value, column) => {
          const width = widths[column] ?? 0;
          return typeof value === 'number' ? String(value).padStart(width) : value.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

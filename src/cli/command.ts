import type { Session } from './session';
import type { Options, Parsed } from './usage';

/** Output of a command: JSON for programs, text for people. */
interface Answer {
  readonly json: object;
  readonly text: string;
}

export interface Command {
  /** The arguments, as shown in the help. */
  readonly usage: string;
  readonly summary: string;
  /** All options except `--json` and `--help`. */
  readonly options: Options;
  /** Runs the command. Checks the arguments as far as possible before opening the model. @throws UsageError. */
  run(parsed: Parsed, session: Session): Promise<Answer>;
}

/** Formats rows as lines with aligned columns; numbers are right-aligned. */
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

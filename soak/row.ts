/** A figure of a part: at its baseline, at the end, and what the end may be at most. */
export interface Row {
  readonly what: string;
  readonly start: string;
  readonly end: string;
  readonly bound: string;
  readonly ok: boolean;
}

const MIB = 2 ** 20;

export const mib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;

/** A number that may grow by `slack` from its baseline. */
export function bounded(
  what: string,
  [start, end]: readonly [start: number, end: number],
  slack: number,
  words: (value: number) => string = (value) => value.toLocaleString('en'),
): Row {
  const ok = end <= start + slack;
  return {
    what,
    start: words(start),
    end: words(end),
    bound: slack === 0 ? 'the same' : `+ ${words(slack)}`,
    ok,
  };
}

/** A number that must be 0, or any other fixed one. */
export function fixed(what: string, end: number, wanted = 0): Row {
  return {
    what,
    start: '',
    end: end.toLocaleString('en'),
    bound: wanted.toLocaleString('en'),
    ok: end === wanted,
  };
}

/** A fact without a bound. */
export const fact = (what: string, end: string): Row => ({ what, start: '', end, bound: '', ok: true });

/** Lines of a Markdown table, the first column being the part; a row out of bounds says so. */
export const linesOf = (part: string, rows: readonly Row[]): string[] =>
  rows.map(
    ({ what, start, end, bound, ok }) =>
      `| ${[part, what, start, ok ? end : `**${end}**`, bound].join(' | ')} |`,
  );

export const HEAD = ['| part | what | baseline | end | bound |', '| --- | --- | ---: | ---: | ---: |'];

/** Fields of a JSON object by name, already written as JSON, so that 10000.0 stays a number with a point. */
export type ConfigFields = Readonly<Record<string, string>>;

export const json = (value: unknown): string => JSON.stringify(value);

/** Writes a number as Python writes a float: with a point or an exponent. */
export function float(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** Writes a JSON object of written fields. */
export const object = (fields: ConfigFields): string =>
  `{${Object.entries(fields)
    .map(([name, value]) => `\n  ${json(name)}: ${value}`)
    .join(',')}\n}`;

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { GAP_PRESETS, type GapPreset, type MethodId } from '../recipe/schema';
import { METHOD_IDS } from '../upscale/methods';
import { LegibleError } from '../legible';

/** Wrong command line; the message says what was expected. Exit code 2. */
export class UsageError extends LegibleError {
  override name = 'UsageError';
}

/** Options of a command by name. `value` describes the option's value, if it takes one. */
export type Options = Readonly<Record<string, { readonly value?: string }>>;

/** A parsed command line. All options are known and have their values. */
export interface Parsed {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
}

/** Parses a command line. @throws UsageError for an unknown option, or a missing or unexpected value. */
export function parseOptions(args: readonly string[], options: Options): Parsed {
  const config: NonNullable<ParseArgsConfig['options']> = {};
  for (const [name, { value }] of Object.entries(options))
    config[name] = { type: value ? 'string' : 'boolean' };
  const { positionals, values, tokens } = parseArgs({
    args: joinNegatives(args, options),
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (!option) {
      const known = Object.keys(options).map((name) => `--${name}`);
      throw new UsageError(`expected options among ${known.join(', ')}, got ${token.rawName}`);
    }
    if (option.value && (token.value === undefined || (token.value.startsWith('-') && !token.inlineValue))) {
      throw new UsageError(`expected --${token.name} ${option.value}, got no value`);
    }
    if (!option.value && token.value !== undefined) {
      throw new UsageError(`expected --${token.name} without a value, got ${token.value}`);
    }
  }
  return { positionals, values: values as Parsed['values'] };
}

/** Rewrites `--eps -1` to `--eps=-1`, so that a negative number is not taken for an unknown option. */
function joinNegatives(args: readonly string[], options: Options): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1);
    const takesValue = before?.startsWith('--') && options[before.slice(2)]?.value;
    if (takesValue && /^-[\d.]/.test(arg)) joined[joined.length - 1] = `${before}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

/** Returns the one positional argument. @throws UsageError for none or more. */
export function modelOf({ positionals }: Parsed): string {
  const [model, ...rest] = positionals;
  if (model === undefined)
    throw new UsageError(
      'expected MODEL, a folder with config.json and its weights, a .gguf file or hub:owner/name, got none',
    );
  if (rest.length > 0) throw new UsageError(`expected one MODEL, got also ${rest.join(' ')}`);
  return model;
}

export const textOf = ({ values }: Parsed, name: string): string | undefined => {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
};

/** Returns an option's value. @throws UsageError if the option is missing. */
export function required(parsed: Parsed, name: string, expected: string): string {
  const value = textOf(parsed, name);
  if (value === undefined) throw new UsageError(`expected --${name} ${expected}, got none`);
  return value;
}

/** Returns an option's number; undefined without the option. @throws UsageError if it is not a number. */
export function numberOf(
  parsed: Parsed,
  name: string,
  kind: 'number' | 'integer' = 'number',
): number | undefined {
  const text = textOf(parsed, name);
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const right = kind === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value);
  if (right) return value;
  throw new UsageError(
    `expected --${name} to be ${kind === 'integer' ? 'a whole number' : 'a number'}, got ${text}`,
  );
}

/** @throws UsageError for anything but a known method. */
export function methodIn(parsed: Parsed): MethodId {
  const text = required(parsed, 'method', METHOD_IDS.join('|'));
  if (METHOD_IDS.includes(text)) return text;
  throw new UsageError(`expected --method to be one of ${METHOD_IDS.join(', ')}, got ${text}`);
}

/** Parses gaps: a preset or a list. Whether they exist is checked with the model. @throws UsageError. */
export function gapsOf(text: string): GapPreset | number[] {
  const preset = GAP_PRESETS.find((name) => name === text);
  if (preset) return preset;
  if (/^\d+(,\d+)*$/.test(text)) return text.split(',').map(Number);
  throw new UsageError(`expected --gaps to be ${GAP_PRESETS.join('|')} or a list such as 3,4,5, got ${text}`);
}

/** @throws UsageError for anything but auto, webgpu or cpu. */
export function backendOf(parsed: Parsed): 'auto' | 'webgpu' | 'cpu' {
  const text = textOf(parsed, 'backend');
  if (text === undefined) return 'auto';
  if (text === 'auto' || text === 'webgpu' || text === 'cpu') return text;
  throw new UsageError(`expected --backend to be auto, webgpu or cpu, got ${text}`);
}

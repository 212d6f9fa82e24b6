import * as fc from 'fast-check';

/** A parser under test: what it is given, what it makes of that, and what it has to agree with. */
export interface Parser<Input> {
  readonly name: string;
  readonly inputs: fc.Arbitrary<Input>;
  /** Names of the errors with which it may refuse an input; empty if it must take every one. */
  readonly errors: readonly string[];
  /** Parses an input and returns what it makes of it. */
  readonly read: (input: Input) => unknown;
  /** Compares what was accepted with an independent reader, or reads back what it writes. @throws Error if they differ. */
  readonly check?: (value: never, input: Input) => void | Promise<void>;
  /** An input as a person can read it. */
  readonly show: (input: Input) => string;
}

export interface FuzzOptions {
  readonly seed: number;
  readonly cases: number;
  /** Most processor time of one case, in milliseconds. */
  readonly limitMs: number;
  /** Where a failure was found before, to find it again without the cases before it. */
  readonly path?: string | undefined;
}

export interface FuzzReport {
  readonly cases: number;
  readonly accepted: number;
  readonly refused: number;
  /** Processor time of the slowest case, in milliseconds. */
  readonly slowestMs: number;
  readonly failure?: FuzzFailure;
}

export interface FuzzFailure {
  readonly message: string;
  /** The smallest input that fails in the same way. */
  readonly input: string;
  /** Where it was found, for `FuzzOptions`. */
  readonly seed: number;
  readonly path: string;
}

/** A parser whose input type is hidden. */
export interface Fuzzed {
  readonly name: string;
  /** False if it must take every input. */
  readonly refuses: boolean;
  fuzz(options: FuzzOptions): Promise<FuzzReport>;
}

/** Longest message of an error, in characters. */
const MAX_MESSAGE = 1200;
/** Characters that hide what a text says: controls, marks of direction, halves of surrogate pairs. */
const HIDDEN = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;
/** Shrinking ends after so many tries or so much time. */
const MOST_SHRINKS = 2000;
const SHRINK_MS = 60_000;

export function fuzzed<Input>(parser: Parser<Input>): Fuzzed {
  return { name: parser.name, refuses: parser.errors.length > 0, fuzz: (options) => fuzz(parser, options) };
}

async function fuzz<Input>(
  parser: Parser<Input>,
  { seed, cases, limitMs, path }: FuzzOptions,
): Promise<FuzzReport> {
  const count = { cases: 0, accepted: 0, refused: 0, slowestMs: 0 };
  let shrinks = 0;
  let failedAt: number | undefined;
  const property = fc.asyncProperty(parser.inputs, async (input) => {
    if (failedAt !== undefined && (shrinks++ > MOST_SHRINKS || performance.now() - failedAt > SHRINK_MS))
      return;
    try {
      const { accepted, milliseconds } = await oneCase(parser, input);
      if (milliseconds > limitMs)
        throw new Error(`expected an answer within ${limitMs} ms, got one after ${Math.round(milliseconds)}`);
      if (failedAt !== undefined) return;
      count.cases++;
      count[accepted ? 'accepted' : 'refused']++;
      count.slowestMs = Math.max(count.slowestMs, milliseconds);
    } catch (error) {
      failedAt ??= performance.now();
      throw error;
    }
  });
  const run = await fc.check(property, { seed, numRuns: cases, ...(path === undefined ? {} : { path }) });
  if (!run.failed || run.counterexample === null) return count;
  const error = run.errorInstance;
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const input = parser.show(run.counterexample[0]);
  return { ...count, failure: { message, input, seed, path: run.counterexamplePath ?? '' } };
}

/** Processor time that this process has used, in milliseconds. Unlike the clock it does not run while others compute. */
const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

async function oneCase<Input>(
  parser: Parser<Input>,
  input: Input,
): Promise<{ accepted: boolean; milliseconds: number }> {
  const start = processorMs();
  let value: unknown;
  try {
    value = await parser.read(input);
  } catch (error) {
    const milliseconds = processorMs() - start;
    checkError(error, parser.errors);
    checkPrototypes();
    return { accepted: false, milliseconds };
  }
  const milliseconds = processorMs() - start;
  checkPrototypes();
  await parser.check?.(value as never, input);
  return { accepted: true, milliseconds };
}

/** @throws Error unless this is an error of the project whose message can be shown as it is. */
function checkError(error: unknown, names: readonly string[]): void {
  if (!(error instanceof Error) || !names.includes(error.name))
    throw new Error(`expected ${names.join(' or ') || 'no error'}, got ${String(error).slice(0, 500)}`, {
      cause: error,
    });
  const { name, message } = error;
  if (!message.includes('expected') && !message.includes('Expected'))
    throw new Error(`${name} does not say what was expected: ${message.slice(0, 500)}`);
  if (message.length > MAX_MESSAGE)
    throw new Error(`${name} has a message of ${message.length} characters: ${message.slice(0, 200)}`);
  if (HIDDEN.test(message))
    throw new Error(`${name} has hidden characters: ${JSON.stringify(message).slice(0, 500)}`);
}

/** @throws Error if an input changed what all objects inherit. */
function checkPrototypes(): void {
  const added = [...Object.keys(Object.prototype), ...Object.keys(Array.prototype)];
  if (added.length > 0) throw new Error(`the input added ${added.join(', ')} to all objects`);
}

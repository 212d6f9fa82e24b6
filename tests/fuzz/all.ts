import { markdownTable } from '../../src/markdown-table';
import type { FuzzReport, Fuzzed } from './parser';
import { PARSERS } from './parsers';

interface FuzzAllOptions {
  readonly seed: number;
  /** Inputs of each parser. */
  readonly cases: number;
  /** Name of the only parser; all without it. */
  readonly only?: string | undefined;
  readonly path?: string | undefined;
  readonly collectGarbage: () => void;
  readonly log: (line: string) => void;
}

/** Most processor time of one input, in milliseconds. */
const LIMIT_MS = 1000;
/** Inputs before memory is measured for the first time, so that caches are filled. */
const WARM_UP = 2000;
/** Most growth of memory from then to the end, in bytes. */
const MAX_GROWTH = 8 * 2 ** 20;

/** Fuzzes every parser. Returns a table in Markdown, and whether any failed. */
export async function fuzzAll(options: FuzzAllOptions): Promise<{ table: string; failed: boolean }> {
  const { only, log } = options;
  const chosen = PARSERS.filter(({ name }) => only === undefined || name === only);
  if (chosen.length === 0)
    throw new Error(`expected a parser among ${PARSERS.map(({ name }) => name).join(', ')}, got ${only}`);
  const rows: string[][] = [];
  let failed = false;
  for (const parser of chosen) {
    const start = performance.now();
    const { report, growth } = await fuzzOne(parser, options);
    const problem =
      report.failure?.message ?? (growth > MAX_GROWTH ? `memory grew by ${growth} bytes` : undefined);
    failed ||= problem !== undefined;
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    log(`${parser.name}: ${report.cases} inputs in ${seconds} s${problem === undefined ? '' : ', FAILED'}`);
    if (problem !== undefined) {
      const { seed, cases } = options;
      log(problem);
      if (report.failure) {
        log(`smallest input: ${report.failure.input}`);
        log(
          `again: npm run fuzz -- --only "${parser.name}" --seed ${report.failure.seed} --cases ${cases} --path ${report.failure.path}`,
        );
      } else log(`again: npm run fuzz -- --only "${parser.name}" --seed ${seed} --cases ${cases}`);
    }
    rows.push(rowOf(parser, report, growth));
  }
  const head = ['parser', 'inputs', 'accepted', 'refused', 'slowest, ms', 'memory, KiB', 'failures'];
  return { table: markdownTable([head, ...rows]), failed };
}

/** Fuzzes one parser, and measures how much memory is kept from the inputs after the first ones. */
async function fuzzOne(
  parser: Fuzzed,
  { seed, cases, path, collectGarbage }: FuzzAllOptions,
): Promise<{ report: FuzzReport; growth: number }> {
  const first = path === undefined ? Math.min(WARM_UP, Math.ceil(cases / 10)) : cases;
  const before = await parser.fuzz({ seed, cases: first, limitMs: LIMIT_MS, path });
  if (before.failure || first === cases) return { report: before, growth: 0 };
  const settled = async (): Promise<number> => {
    // What the last input left may be freed only after its promises, and then what these held.
    for (let round = 0; round < 3; round++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      collectGarbage();
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const start = await settled();
  const rest = await parser.fuzz({ seed: seed + 1_000_000, cases: cases - first, limitMs: LIMIT_MS });
  const growth = (await settled()) - start;
  const report = {
    cases: before.cases + rest.cases,
    accepted: before.accepted + rest.accepted,
    refused: before.refused + rest.refused,
    slowestMs: Math.max(before.slowestMs, rest.slowestMs),
    ...(rest.failure ? { failure: rest.failure } : {}),
  };
  return { report, growth };
}

const rowOf = ({ name }: Fuzzed, report: FuzzReport, growth: number): string[] => [
  name,
  ...[report.cases, report.accepted, report.refused].map((count) => count.toLocaleString('en-US')),
  report.slowestMs.toFixed(0),
  (growth / 1024).toFixed(0),
  report.failure ? '1' : '0',
];

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { CpuBackend } from '../../src/backend/cpu/backend';
import type { Backend } from '../../src/backend/operations';
import { nodeThreads } from '../../src/backend/wasm/thread-node';
import { WasmBackend } from '../../src/backend/wasm/backend';
import { WebGpuBackend } from '../../src/backend/webgpu/backend';
import { openDawn } from '../../src/backend/webgpu/node';
import { markdownTable } from '../../src/markdown-table';
import { drawOf } from './draw';
import { QUANTITIES } from './numbers';
import { joined, keyOf, NOTHING, type Outcome, outcomeOf, words } from './run';

export const BACKENDS = ['cpu', 'wasm', 'webgpu'] as const;
export type BackendName = (typeof BACKENDS)[number];

interface Order {
  readonly seed: number;
  /** Draws `from` … `to` − 1. */
  readonly from: number;
  readonly to: number;
  readonly backends: readonly BackendName[];
  /** Ends after the draw in which this many minutes have passed. */
  readonly minutes: number;
  /** Keeps what came so far in this file, and goes on from it. */
  readonly keep?: string | undefined;
}

/** Opens a backend: plain TypeScript with float64 sums, WebAssembly, or WebGPU on what adapter there is. */
export function opened(name: BackendName): Promise<Backend> {
  if (name === 'cpu') return Promise.resolve(new CpuBackend());
  return name === 'wasm'
    ? WasmBackend.open(nodeThreads())
    : openDawn().then((gpu) => WebGpuBackend.open(gpu));
}

/** Runs draws and prints those that fail. */
export async function runDraws({ seed, from, to, backends, minutes, keep }: Order): Promise<Outcome> {
  const open = new Map<string, Backend>();
  for (const name of backends) open.set(name, await opened(name));
  let outcome =
    keep !== undefined && existsSync(keep) ? (JSON.parse(readFileSync(keep, 'utf8')) as Outcome) : NOTHING;
  const end = performance.now() + 60_000 * minutes;
  try {
    for (let index = from + outcome.draws; index < to && performance.now() < end; index++) {
      const made = await outcomeOf(open, seed, index);
      outcome = joined(outcome, made);
      if (keep !== undefined) writeFileSync(keep, JSON.stringify(outcome));
      if (made.failures.length > 0) console.log(`\ndraw ${index}: ${words(drawOf(seed, index))}`);
      for (const { what } of made.failures) console.log(`  ${what}`);
      if ((index + 1) % 10 === 0)
        console.log(`draw ${index + 1} of ${to}, ${outcome.failures.length} failures`);
    }
  } finally {
    for (const backend of open.values()) backend.dispose();
  }
  return outcome;
}

/** The rows of the table of docs/reliability.md, under their head. */
export function tableOf(outcome: Outcome, backends: readonly string[]): string {
  const places = [...backends, 'between'];
  const total = (counts: Outcome['compared'], quantity: (typeof QUANTITIES)[number]): string =>
    String(backends.reduce((sum, place) => sum + (counts[keyOf(quantity, place)] ?? 0), 0));
  const rows = QUANTITIES.map((quantity) => [
    quantity,
    ...places.map((place) => {
      const [largest, nearest] = [
        outcome.largest[keyOf(quantity, place)],
        outcome.nearest[keyOf(quantity, place)],
      ];
      if (!largest || !nearest) return '—';
      return `${largest.deviation.toExponential(1)} (${largest.draw}), ${Math.round(100 * nearest.share)} % (${nearest.draw})`;
    }),
    total(outcome.compared, quantity),
    total(outcome.undecided, quantity),
  ]);
  const head = ['quantity', ...places.map((place) => (place === 'between' ? 'among them' : place))];
  return markdownTable([[...head, 'compared', 'undecided'], ...rows]);
}

import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Device } from './peers/contender';
import { measureInPage } from './peers/page';
import { ROWS } from './peers/problem';
import { measureInPython, type PythonRun } from './peers/python';
import { peersReport, ratio } from './peers/report';
import type { RowResult } from './peers/rounds';
import { short } from './table';

export interface PeersOptions {
  readonly devices: readonly Device[];
  /** Seconds of timed rounds of a row. */
  readonly seconds: number;
  /** Only rows whose group or shape contains this. */
  readonly only: string;
}

/**
 * Measures us beside other libraries in one page of Chromium, then the same rows in Python. Calls `write` with a Markdown table for
 * every device: when the page is done, and again with what Python had.
 */
export async function measurePeers(
  { devices, seconds, only }: PeersOptions,
  write: (tables: Readonly<Partial<Record<Device, string>>>) => void,
): Promise<void> {
  const results: RowResult[] = [];
  const leftOut: { device: Device; text: string }[] = [];
  const budget = { rounds: 1000 * seconds, longestRound: 6000, whole: 120_000 };
  const { browser, adapter } = await measureInPage({ devices, budget, only }, (message) => {
    if (message.kind === 'log') console.log(message.text);
    if (message.kind === 'left out') leftOut.push(message);
    if (message.kind === 'row') {
      results.push(message.result);
      console.log(line(message.result));
    }
  });
  const [core] = cpus();
  const report = (python: PythonRun): Readonly<Partial<Record<Device, string>>> => {
    const shared = {
      machine: `${cpus().length} cores (${core?.model.trim() || 'unnamed'})`,
      adapter,
      browser,
      date: new Date().toISOString().slice(0, 10),
      versions: { ...libraryVersions(), ...python.versions },
    };
    const table = (device: Device): string =>
      peersReport(
        results.filter((result) => result.device === device),
        python.results.filter((result) => (result.device === 'cuda') === (device === 'webgpu')),
        {
          ...shared,
          device,
          leftOut: leftOut.filter((out) => out.device === device).map(({ text }) => text),
        },
      );
    return Object.fromEntries(devices.map((device) => [device, table(device)]));
  };
  write(report({ results: [], versions: {} }));
  const measured = ROWS.filter((row) =>
    results.some(({ group, shape }) => group === row.group && shape === row.shape),
  );
  const python = measureInPython(
    measured,
    devices.map((device) => (device === 'wasm' ? 'cpu' : 'cuda')),
  );
  if (python.results.length > 0) write(report(python));
}

function line(result: RowResult): string {
  const times = Object.entries(result.outcomes).map(
    ([name, outcome]) =>
      `${name} ${'milliseconds' in outcome ? short(outcome.milliseconds) : outcome.missing}`,
  );
  const { device, group, shape, steps, rounds } = result;
  return `${device}  ${group} ${shape}: ${times.join(', ')} ms; ${ratio(result)?.toFixed(2) ?? '–'} × (${rounds} rounds of ${steps} steps)`;
}

const LIBRARIES = { 'jax-js': '@jax-js/jax', 'onnxruntime-web': 'onnxruntime-web', tfjs: '@tensorflow/tfjs' };

/** Versions of the installed libraries. */
function libraryVersions(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(LIBRARIES).flatMap(([name, folder]) => {
      const path = join(import.meta.dirname, 'peers/node_modules', folder, 'package.json');
      if (!existsSync(path)) return [];
      return [[name, (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version]];
    }),
  );
}

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from './problem';

/** A row as a Python library does it. */
export interface PythonResult {
  readonly group: string;
  readonly shape: string;
  /** Library and function. */
  readonly name: string;
  readonly device: 'cpu' | 'cuda';
  /** Of a step; median. */
  readonly milliseconds: number;
}

export interface PythonRun {
  readonly results: readonly PythonResult[];
  /** Of the libraries that were found, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The interpreter: `PYTHON`, which may be that of a virtual environment, else `python3`. */
export const pythonPath = (): string => process.env['PYTHON'] ?? 'python3';

/** Measures the rows with whatever of numpy, SciPy, POT and PyTorch is installed. Nothing is, if Python itself is missing. */
export function measureInPython(rows: readonly Row[]): PythonRun {
  const script = join(import.meta.dirname, 'python.py');
  if (!existsSync(script)) return { results: [], versions: {} };
  const input = JSON.stringify(rows.map(({ group, shape, sizes }) => ({ group, shape, ...sizes })));
  const { stdout, status, stderr } = spawnSync(pythonPath(), [script], {
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  if (status !== 0) {
    if (stderr) console.log(`Python: ${stderr.trim().split('\n').at(-1)}`);
    return { results: [], versions: {} };
  }
  return JSON.parse(stdout) as PythonRun;
}

import { pythonOutput } from '../python';
import type { Row } from './problem';
import script from './python.py?raw';

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

/** Measures the rows with whatever of numpy, SciPy, POT and PyTorch is installed: nothing, if Python itself is missing. */
export function measureInPython(rows: readonly Row[], devices: readonly PythonResult['device'][]): PythonRun {
  const input = JSON.stringify({
    devices,
    rows: rows.map(({ group, shape, sizes }) => ({ group, shape, ...sizes })),
  });
  const output = pythonOutput(script, input);
  return output === undefined ? { results: [], versions: {} } : (JSON.parse(output) as PythonRun);
}

import { spawn, spawnSync } from 'node:child_process';

/** The interpreter: `PYTHON`, which may be that of a virtual environment, else `python3`. */
const interpreter = (): string => process.env['PYTHON'] ?? 'python3';

/** Runs a script with `input` on its standard input. Returns its output, or undefined, with a line on the console, if it fails. */
export function pythonOutput(script: string, input: string): string | undefined {
  const { stdout, status, stderr, error } = spawnSync(interpreter(), ['-c', script], {
    input,
    encoding: 'utf8',
  });
  if (status === 0) return stdout;
  console.log(`Python: ${error?.message ?? stderr.trim().split('\n').at(-1) ?? ''}`);
  return undefined;
}

/** Runs a script that prints as it goes, for at most `seconds`. */
export function runPython(script: string, args: readonly string[], seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(interpreter(), ['-c', script, ...args], {
      stdio: ['ignore', 'inherit', 'ignore'],
      timeout: 1000 * seconds,
    });
    child.on('error', (error) => {
      console.log(`Python: ${error.message}`);
      resolve();
    });
    child.on('close', (status) => {
      if (status === null) console.log(`Python: ended after ${seconds} s`);
      resolve();
    });
  });
}

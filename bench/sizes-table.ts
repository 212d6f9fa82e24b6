import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { SHAPES } from './random-checkpoint';
import { TASKS, type Task } from './sizes-tasks';

interface Measured {
  readonly seconds: number;
  /** Peak resident memory of the process, and of what the backend held, in MiB. */
  readonly resident: number;
  readonly device: number;
  readonly note?: string;
}

/** Runs every job on every shape, and returns a Markdown table. `only` limits it to rows whose name contains that text. */
export function measureSizes(script: string, only: string): string {
  const rows = Object.keys(SHAPES).flatMap((shape) =>
    (Object.keys(TASKS) as Task[])
      .filter((task) => `${shape} ${task}`.includes(only))
      .map((task) => row(script, shape, task)),
  );
  const [cpu] = cpus();
  return [
    `${cpus().length} cores (${cpu?.model ?? 'unknown'}), CPU backend, Node ${process.version}.`,
    '',
    '| model | job | time | peak resident memory | of which tensors | |',
    '| --- | --- | ---: | ---: | ---: | --- |',
    ...rows,
  ].join('\n');
}

function row(script: string, shape: string, task: Task): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, shape, task], { encoding: 'utf8' });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  const cells = [shape, TASKS[task]];
  if (status !== 0)
    return `| ${[...cells, 'failed', '', '', stderr.trim().split('\n').at(-1)].join(' | ')} |`;
  const { seconds, resident, device, note = '' } = JSON.parse(line) as Measured;
  const written = [...cells, `${seconds.toFixed(1)} s`, `${resident} MiB`, `${device} MiB`, note].join(' | ');
  console.log(written);
  return `| ${written} |`;
}

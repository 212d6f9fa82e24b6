// Runs the command line in a process of its own that is killed at one of its writes, so that nothing can be tidied up.
// KILL_AT: number of that write, from 0. BASE: folder that relative paths start from.

import { main } from '../../src/cli/main';
import { onWrite } from './full-disk';

const at = Number(process.env['KILL_AT']);
onWrite((count) => {
  if (count !== at) return;
  process.kill(process.pid, 'SIGKILL');
});
process.exitCode = await main(process.argv.slice(1), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isTTY: false,
  base: process.env['BASE'] ?? process.cwd(),
});

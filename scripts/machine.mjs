import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

/** Returns one line for a table of figures: cores, CPU and Node, and the version of the browser at `browser` if one was used. */
export function machine(browser) {
  const [cpu] = cpus();
  const parts = [`${cpus().length} cores (${cpu?.model.trim() || 'unnamed'})`, `Node ${process.version}`];
  if (browser) parts.push(execFileSync(browser, ['--version'], { encoding: 'utf8', stdio: 'pipe' }).trim());
  return parts.join(', ');
}

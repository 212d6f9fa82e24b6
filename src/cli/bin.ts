import { main } from './main';

const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());
// A reader such as `head` may close the pipe early.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isTTY: process.stderr.isTTY,
  // npm runs scripts in the folder of package.json, and sets this to the caller's folder.
  base: process.env['INIT_CWD'] ?? process.cwd(),
  env: process.env,
  signal: interrupt.signal,
});

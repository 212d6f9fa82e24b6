import { main } from './main';

const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());
// A reader that has seen enough, such as `head`, closes the pipe.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  watched: process.stderr.isTTY,
  // npm runs scripts in the folder of package.json and says here where it was called.
  base: process.env['INIT_CWD'] ?? process.cwd(),
  signal: interrupt.signal,
});

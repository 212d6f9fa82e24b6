import { align } from './align';
import { cache } from './cache';
import type { Command } from './command';
import { compare } from './compare';
import { evaluate } from './eval';
import { forecast } from './forecast';
import { generate } from './generate';
import { info } from './info';
import { map } from './map';
import { race } from './race';
import { train } from './train';
import { twin } from './twin';
import { METHOD_IDS } from '../upscale/methods';
import { SETTINGS_USAGE } from './recipe';
import { TRAINING_USAGE } from './training';
import { hubAccess } from './model';
import type { Terminal } from './terminal';
import { upscale } from './upscale';
import { UsageError, parseOptions, textOf } from './usage';

const COMMANDS: Readonly<Record<string, Command>> = {
  info,
  eval: evaluate,
  generate,
  align,
  map,
  twin,
  forecast,
  upscale,
  compare,
  train,
  race,
  cache,
};
const COMMON = { json: {}, help: {}, hub: { value: 'URL' } };

/** Exit codes. */
const [DONE, FAILED, MISUSED, INTERRUPTED] = [0, 1, 2, 130];

/** Runs one command line and returns its exit code. A failure is one line on standard error. */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === undefined)
      throw new UsageError(`expected a command among ${Object.keys(COMMANDS).join(', ')}, got none`);
    if (name === '--help' || name === '-h' || name === 'help') {
      terminal.out(help(Object.values(COMMANDS)));
      return DONE;
    }
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command)
      throw new UsageError(`expected a command among ${Object.keys(COMMANDS).join(', ')}, got ${name}`);
    await run(command, rest, terminal);
    return DONE;
  } catch (error) {
    if (terminal.signal?.aborted) {
      terminal.err('interlayer: stopped; nothing was left half-written.\n');
      return INTERRUPTED;
    }
    const misused = error instanceof UsageError;
    terminal.err(`interlayer: ${oneLine(error)}${misused ? ' (see --help)' : ''}\n`);
    return misused ? MISUSED : FAILED;
  }
}

async function run(command: Command, args: readonly string[], terminal: Terminal): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) {
    terminal.out(help([command]));
    return;
  }
  const parsed = parseOptions(args, { ...command.options, ...COMMON });
  const hub = hubAccess(textOf(parsed, 'hub'), terminal.env);
  // The engine is loaded for work alone: help and wrong usage do without it.
  const { Session } = await import('./session');
  const session = new Session(terminal, hub);
  try {
    const answer = await command.run(parsed, session);
    terminal.out(`${parsed.values['json'] === true ? JSON.stringify(answer.json) : answer.text}\n`);
  } finally {
    session.close();
  }
}

function help(commands: readonly Command[]): string {
  const lines = commands.flatMap(({ usage, summary }) => [
    `  interlayer ${usage} [--json]`,
    `      ${summary}`,
  ]);
  const note =
    'MODEL is a folder with config.json and safetensors weights or a .gguf file, the http(s) address of either, or\n' +
    'hub:owner/name[@revision][:file.gguf] on the Hugging Face Hub. Relative paths start where the command was called. --hub URL\n' +
    'or HF_ENDPOINT is another Hub, HF_TOKEN a token for it; what is read is kept in INTERLAYER_CACHE, or else in\n' +
    '~/.cache/interlayer/hub.\n' +
    'Computes on WebGPU where there is an adapter, else on the CPU. Exit codes: 0, 1 it failed, 2 wrong usage.\n' +
    `Methods: ${METHOD_IDS.join(', ')}.\n` +
    `SETTINGS: ${SETTINGS_USAGE}.\n` +
    `TRAINING: ${TRAINING_USAGE}.`;
  return `Usage:\n${lines.join('\n')}\n\n${note}\n`;
}

function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message.replace(/\s*\n\s*/g, ' ').trim();
}

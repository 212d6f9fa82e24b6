import { field, jsonLines } from './documents';
import { TrainError } from './errors';
import type { Example } from './examples';

/** A task and how it should be answered. */
export interface InstructionPair {
  readonly prompt: string;
  readonly response: string;
}

/**
 * The pairs of a `.jsonl` file: `instruction` (or `prompt`), an `input` where there is one, and `response` (or `output`), as
 * Alpaca names them.
 * @throws TrainError naming the line that lacks a field; for a file without pairs.
 */
export function instructionPairs(name: string, content: string): InstructionPair[] {
  const pairs = jsonLines(name, content).map(({ line, fields }) => {
    const input = fields['input'];
    const context = typeof input === 'string' && input !== '' ? `\n${input}` : '';
    const instruction = field(name, line, fields, ['instruction', 'prompt']) + context;
    const response = field(name, line, fields, ['response', 'output']);
    return { prompt: `Question: ${instruction}\nAnswer:`, response: ` ${response.trim()}` };
  });
  if (pairs.length > 0) return pairs;
  throw new TrainError(
    `${name}: expected instruction pairs, one on each line, got none. Choose another file.`,
  );
}

/** Pairs as examples whose response alone counts, its end included. */
export interface Tuning {
  readonly examples: readonly Example[];
  /** Pairs that were cut at the context. */
  readonly cut: number;
  /** Pairs left out: nothing of their response fits into the context. */
  readonly dropped: number;
}

/**
 * Encodes pairs, each an example of its own of at most `context + 1` tokens. Prompt and response are encoded apart, so that
 * what counts begins at a token.
 * @throws TrainError when nothing of any response fits.
 */
export function tuningOf(
  pairs: readonly InstructionPair[],
  encode: (text: string) => readonly number[],
  eos: number | undefined,
  context: number,
): Tuning {
  // A tokenizer that begins every text with a token of its own does so for the response, too.
  const [start] = encode('');
  const examples: Example[] = [];
  let cut = 0;
  for (const { prompt, response } of pairs) {
    const read = encode(prompt);
    const ids = encode(response);
    const answer = [...(start !== undefined && ids[0] === start ? ids.slice(1) : ids)];
    const all = [...read, ...answer, ...(eos === undefined ? [] : [eos])];
    if (all.length > context + 1) cut++;
    const kept = all.slice(0, context + 1);
    if (kept.length > read.length && read.length > 0)
      examples.push({ ids: Uint32Array.from(kept), from: read.length });
  }
  const dropped = pairs.length - examples.length;
  if (examples.length > 0) return { examples, cut: cut - dropped, dropped };
  throw new TrainError(
    `expected a response that begins within ${context} tokens, got none in ${pairs.length} pairs. Choose a longer context.`,
  );
}

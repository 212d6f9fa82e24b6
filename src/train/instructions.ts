import { field, jsonLines } from './documents';
import { TrainError } from './errors';
import type { Example } from './examples';

/** A task and the expected answer. */
export interface InstructionPair {
  readonly prompt: string;
  readonly response: string;
}

/**
 * Reads the pairs of a `.jsonl` file. Field names as in Alpaca: `instruction` (or `prompt`), optional `input`, and `response`
 * (or `output`).
 * @throws TrainError if a line lacks a field (names the line), or the file has no pairs.
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

type Awaitable<T> = T | Promise<T>;

/** Encoded pairs. Only predictions of the response and its end-of-sequence token count. */
export interface EncodedPairs {
  readonly examples: readonly Example[];
  /** Number of pairs truncated at the context. */
  readonly cut: number;
  /** Number of pairs left out because no token of their response fits into the context. */
  readonly dropped: number;
}

/**
 * Encodes each pair as one example of at most `context + 1` tokens. The response's tokens are those that follow the prompt's
 * when both are encoded together, or its own where a token would span both.
 * @throws TrainError if no token of any response fits.
 */
export async function encodePairs(
  pairs: readonly InstructionPair[],
  encode: (text: string) => Awaitable<readonly number[]>,
  eos: number | undefined,
  context: number,
): Promise<EncodedPairs> {
  // A tokenizer that adds a start token to every text adds it to the response, too; it is removed there.
  const [start] = await encode('');
  const alone = async (text: string): Promise<readonly number[]> => {
    const ids = await encode(text);
    return start !== undefined && ids[0] === start ? ids.slice(1) : ids;
  };
  const examples: Example[] = [];
  let cut = 0;
  for (const { prompt, response } of pairs) {
    const read = await encode(prompt);
    const joint = await encode(prompt + response);
    const answer = read.every((id, i) => joint[i] === id) ? joint.slice(read.length) : await alone(response);
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

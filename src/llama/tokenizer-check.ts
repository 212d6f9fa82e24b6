import { show } from '../legible';
import { TokenizerError } from './errors';
import { isRecord, type JsonObject } from './fields';

/** Normalizers and others in lists of lists; real files have two levels. */
const MAX_NESTING = 16;

/**
 * Checks what the tokenizer library takes as it is: a token that is no text may keep it busy for ever, and a pattern that is
 * neither a text nor an expression it leaves out.
 * @throws TokenizerError naming the field.
 */
export function checkTokenizer(tokenizer: JsonObject, config: JsonObject): void {
  const { added_tokens: added, model } = tokenizer;
  if (added !== undefined && !(Array.isArray(added) && added.every(isAddedToken)))
    throw wrong('tokenizer.json', 'added_tokens to be a list of tokens with id and content', added);
  if (!isRecord(model)) throw wrong('tokenizer.json', 'model to be an object', model);
  const { vocab, merges } = model;
  if (!(Array.isArray(vocab) ? vocab.every(isScored) : isRecord(vocab) && Object.values(vocab).every(isId)))
    throw wrong('tokenizer.json', 'vocab to have an id or a score for every token', vocab);
  if (merges !== undefined && !(Array.isArray(merges) && merges.every(isMerge)))
    throw wrong('tokenizer.json', 'merges to be a list of pairs', merges);
  for (const part of ['normalizer', 'pre_tokenizer', 'decoder']) checkPart(tokenizer[part], part, 0);
  for (const [name, token] of Object.entries(config))
    if (name.endsWith('_token') && isRecord(token) && typeof token['content'] !== 'string')
      throw wrong('tokenizer_config.json', `${name} to be a text`, token);
}

const isId = (id: unknown): boolean => typeof id === 'number' && Number.isSafeInteger(id) && id >= 0;

const isAddedToken = (token: unknown): boolean =>
  isRecord(token) && isId(token['id']) && typeof token['content'] === 'string' && token['content'] !== '';

const isScored = (entry: unknown): boolean =>
  Array.isArray(entry) && typeof entry[0] === 'string' && Number.isFinite(entry[1]);

const isMerge = (merge: unknown): boolean =>
  typeof merge === 'string' ||
  (Array.isArray(merge) && merge.length === 2 && merge.every((part) => typeof part === 'string'));

function checkPart(part: unknown, name: string, nesting: number): void {
  if (nesting > MAX_NESTING) throw wrong('tokenizer.json', `${name} in at most ${MAX_NESTING} lists`, part);
  if (Array.isArray(part)) for (const each of part) checkPart(each, name, nesting + 1);
  if (!isRecord(part)) return;
  const { type, pattern, length, normalizers, pretokenizers, decoders } = part;
  for (const each of [normalizers, pretokenizers, decoders]) checkPart(each, name, nesting + 1);
  if (type === 'FixedLength' && !(isId(length) && length !== 0))
    throw wrong('tokenizer.json', `a length above 0 in ${name}`, length);
  if (type !== 'Split' && type !== 'Replace') return;
  const { Regex: expression, String: text } = isRecord(pattern) ? pattern : {};
  if (typeof (expression ?? text) !== 'string')
    throw wrong('tokenizer.json', `a pattern with String or Regex in ${name}`, pattern);
}

const wrong = (file: string, expected: string, got: unknown): TokenizerError =>
  new TokenizerError(`${file}: expected ${expected}, got ${show(got)}. Fetch the file again.`);

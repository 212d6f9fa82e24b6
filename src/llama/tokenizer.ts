import type { Tokenizer as Pipeline } from '@huggingface/tokenizers';
import { parseJson, readText } from '../checkpoint/json';
import type { ByteSource, FileSet } from '../checkpoint/source';
import { show } from '../legible';
import { alphabetBytes, fallbackByte, spellBytes } from './byte-alphabet';
import { TokenizerError } from './errors';
import { isRecord, type JsonObject } from './fields';
import { openPipeline } from './pipeline';

const FILE = 'tokenizer.json';
const CONFIG_FILE = 'tokenizer_config.json';
const SENTENCEPIECE_FILE = 'tokenizer.model';
/** Writes tokenizer.json where there is only `tokenizer.model`. */
const MAKE_FILE = `python3 -c "from transformers import AutoTokenizer as T; T.from_pretrained('.').save_pretrained('.')"`;

/** Converts text to token ids and back, as defined by a model's tokenizer.json. */
export class Tokenizer {
  readonly #pipeline: Pipeline;
  /** Prepended to every text, unless the pipeline already did. */
  readonly #bosId: number | undefined;
  readonly #unknownId: number | undefined;
  /** True if tokens are written with one printable character per byte. */
  readonly #byteLevel: boolean;

  private constructor(pipeline: Pipeline, tokenizer: JsonObject, config: JsonObject) {
    this.#pipeline = pipeline;
    this.#bosId = bosToAdd(pipeline, config);
    this.#unknownId = unknownOf(pipeline, tokenizer, config);
    this.#byteLevel = hasByteLevel(tokenizer['decoder']);
  }

  /** Says why the files have no tokenizer that can be read, and how to get one; undefined if they have one. */
  static async missingFrom(files: FileSet, signal?: AbortSignal): Promise<string | undefined> {
    return (await files.open(FILE, signal)) === undefined ? whyMissing(files, signal) : undefined;
  }

  /**
   * Reads tokenizer.json, and tokenizer_config.json if it exists. The first call loads the tokenizer library.
   * @throws TokenizerError if tokenizer.json is missing or not supported; CheckpointError if a file is not JSON in UTF-8 or too
   *   large; SourceError from the files.
   */
  static async open(files: FileSet, signal?: AbortSignal): Promise<Tokenizer> {
    const file = await files.open(FILE, signal);
    if (file === undefined) throw new TokenizerError(await whyMissing(files, signal));
    const configFile = await files.open(CONFIG_FILE, signal);
    const tokenizer = await readJson(file, signal);
    const config = configFile === undefined ? {} : await readJson(configFile, signal);
    try {
      const pipeline = await openPipeline(tokenizer, config);
      return new Tokenizer(pipeline, tokenizer, config);
    } catch (cause) {
      if (cause instanceof TokenizerError) throw cause;
      throw unusable(reason(cause), cause);
    }
  }

  /**
   * Returns the token ids of a text, beginning with the beginning-of-text token if the model's configuration asks for it.
   * @throws TokenizerError if the files make no ids of it.
   */
  encode(text: string): number[] {
    const { ids } = this.#run(() => this.#pipeline.encode(text));
    const wrong = ids.find((id) => !Number.isSafeInteger(id) || id < 0);
    if (wrong !== undefined) throw unusable(`a token has the id ${show(wrong)}`);
    if (this.#bosId !== undefined && ids[0] !== this.#bosId) ids.unshift(this.#bosId);
    return ids;
  }

  /** Runs the library, whose errors say nothing of files. @throws TokenizerError. */
  #run<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw unusable(reason(cause), cause);
    }
  }

  /** Returns how many ids are the unknown token. */
  countUnknown(ids: readonly number[]): number {
    return this.#unknownId === undefined ? 0 : ids.filter((id) => id === this.#unknownId).length;
  }

  /** Spells a token by its bytes: whole characters as they are, other bytes as `<0xE9>`. Undefined for a token that has no bytes. */
  spell(id: number): string | undefined {
    const token = this.#tokenOf(id) ?? '';
    if (fallbackByte(token) !== undefined) return token;
    const bytes = this.#byteLevel ? alphabetBytes(token) : undefined;
    return bytes && spellBytes(bytes);
  }

  /** Returns the text of token ids, without special tokens and ids the tokenizer does not know. */
  decode(ids: readonly number[]): string {
    const known = ids.filter((id) => this.#tokenOf(id) !== undefined);
    if (known.length === 0) return '';
    // Clean-up would change spaces that the model wrote.
    const options = { skip_special_tokens: true, clean_up_tokenization_spaces: false };
    return this.#run(() => this.#pipeline.decode(known, options));
  }

  #tokenOf(id: number): string | undefined {
    const token: unknown = this.#pipeline.id_to_token(id);
    if (token === undefined || typeof token === 'string') return token;
    throw unusable(`the token ${id} is ${show(token)}, not a text`);
  }
}

/** True if a decoder of tokenizer.json, or one of its sequence, is byte-level. */
function hasByteLevel(decoder: unknown): boolean {
  if (!isRecord(decoder)) return false;
  const parts = decoder['decoders'];
  return decoder['type'] === 'ByteLevel' || (Array.isArray(parts) && parts.some(hasByteLevel));
}

/** Says why there is no tokenizer.json, and what to do. */
async function whyMissing(files: FileSet, signal: AbortSignal | undefined): Promise<string> {
  const known = files.whyMissing?.(FILE);
  if (known !== undefined) return known;
  const expected = `${files.name}: expected ${FILE} beside the model, got`;
  return (await files.open(SENTENCEPIECE_FILE, signal)) === undefined
    ? `${expected} no such file. Add it, or give token ids instead of text.`
    : `${expected} only ${SENTENCEPIECE_FILE}. Run ${MAKE_FILE} in its folder (transformers and sentencepiece installed), or give token ids instead of text.`;
}

function unknownOf(pipeline: Pipeline, tokenizer: JsonObject, config: JsonObject): number | undefined {
  const model = tokenizer['model'];
  const declared = (isRecord(model) ? model['unk_token'] : undefined) ?? config['unk_token'];
  const token = isRecord(declared) ? declared['content'] : declared;
  return typeof token === 'string' ? pipeline.token_to_id(token) : undefined;
}

function bosToAdd(pipeline: Pipeline, config: JsonObject): number | undefined {
  if (config['add_bos_token'] !== true) return undefined;
  const declared = config['bos_token'];
  const token = isRecord(declared) ? declared['content'] : declared;
  const id = typeof token === 'string' ? pipeline.token_to_id(token) : undefined;
  if (id !== undefined) return id;
  throw new TokenizerError(
    `${CONFIG_FILE}: expected bos_token to be a token of ${FILE} (add_bos_token is true), got ${show(declared)}. ` +
      'Fetch both files again from the same model.',
  );
}

async function readJson(file: ByteSource, signal: AbortSignal | undefined): Promise<JsonObject> {
  const data = parseJson(await readText(file, signal), file.name);
  if (isRecord(data)) return data;
  throw new TokenizerError(`${file.name}: expected a JSON object, got ${show(data)}. Fetch the file again.`);
}

const unusable = (why: string, cause?: unknown): TokenizerError =>
  new TokenizerError(
    `${FILE}: expected a tokenizer this page can run, got one it cannot (${why}). Give token ids instead of text.`,
    { cause },
  );

const reason = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

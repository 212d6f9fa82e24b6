import { Checkpoint } from '../../checkpoint/checkpoint';
import type { FileSet } from '../../checkpoint/source';
import { countBlockParameters, countParameters } from '../../llama/block';
import { checkTensors } from '../../llama/check';
import { type LlamaConfig, parseConfig } from '../../llama/config';
import { Tokenizer } from '../../llama/tokenizer';
import type { ModelInfo } from '../jobs';

/** A card longer than this is cut; it is for reading, not for keeping. */
const MOST_CARD_BYTES = 256 * 1024;

let opened = 0;

/** A checkpoint that was opened and checked; nothing of it is on a device. */
export class OpenModel {
  /** Differs for every model opened, so that results of one are never taken for another's. */
  readonly id = ++opened;
  readonly checkpoint: Checkpoint;
  readonly config: LlamaConfig;
  readonly info: ModelInfo;
  #tokenizer: Promise<Tokenizer> | undefined;

  private constructor(checkpoint: Checkpoint, config: LlamaConfig, info: ModelInfo) {
    this.checkpoint = checkpoint;
    this.config = config;
    this.info = info;
  }

  /** @throws CheckpointError, SourceError or ConfigError for files that are not a model this project can run. */
  static async open(files: FileSet, signal?: AbortSignal): Promise<OpenModel> {
    const checkpoint = await Checkpoint.open(files, signal);
    const config = parseConfig(checkpoint.config);
    checkTensors(config, checkpoint);
    const hasTokenizer = await Tokenizer.isIn(files, signal);
    const card = await readCard(files, signal);
    const dtypes: Record<string, number> = {};
    for (const { dtype } of checkpoint.tensors.values()) dtypes[dtype] = (dtypes[dtype] ?? 0) + 1;
    const { architecture, layers, hiddenSize, intermediateSize, heads, kvHeads, headDim, vocabSize } = config;
    return new OpenModel(checkpoint, config, {
      name: files.name,
      architecture,
      layers,
      hiddenSize,
      intermediateSize,
      heads,
      kvHeads,
      headDim,
      vocabSize,
      context: config.context,
      tied: config.tied,
      parameters: countParameters(config),
      blockParameters: countBlockParameters(config),
      dtypes,
      hasTokenizer,
      ...(card === undefined ? {} : { card }),
    });
  }

  /** @throws TokenizerError where the model came without one, or with one that cannot be read. */
  async tokenizer(): Promise<Tokenizer> {
    this.#tokenizer ??= Tokenizer.open(this.checkpoint.files);
    try {
      return await this.#tokenizer;
    } catch (error) {
      // A download that failed once may succeed the next time.
      this.#tokenizer = undefined;
      throw error;
    }
  }
}

async function readCard(files: FileSet, signal: AbortSignal | undefined): Promise<string | undefined> {
  const file = await files.open('README.md', signal);
  if (file === undefined) return undefined;
  const bytes = await file.read(0, Math.min(file.size, MOST_CARD_BYTES), signal);
  return new TextDecoder().decode(bytes);
}

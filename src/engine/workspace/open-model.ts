import { Checkpoint } from '../../checkpoint/checkpoint';
import type { FileSet } from '../../checkpoint/source';
import { blockShapes, countBlockParameters, countParameters } from '../../llama/block';
import { checkTensors } from '../../llama/check';
import { configNotices, type LlamaConfig } from '../../llama/config';
import { configOf } from '../../llama/recognise';
import { Tokenizer } from '../../llama/tokenizer';
import type { ModelInfo } from '../jobs';

/** A longer model card is cut, because it is only shown. */
const MAX_CARD_BYTES = 256 * 1024;

let opened = 0;

/** An opened and checked checkpoint. It holds nothing on a device. */
export class OpenModel {
  /** Unique per opened model, so that results of different models are never confused. */
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

  /** @throws CheckpointError, SourceError or ConfigError if the files are not a model this project can run. */
  static async open(files: FileSet, signal?: AbortSignal): Promise<OpenModel> {
    const checkpoint = await Checkpoint.open(files, signal);
    const config = configOf(checkpoint);
    if (!config.unsupported) checkTensors(config, checkpoint);
    const tokenizerMissing = await Tokenizer.missingFrom(checkpoint.files, signal);
    const card = await readCard(checkpoint.files, signal);
    const dtypes: Record<string, number> = {};
    for (const { dtype } of checkpoint.tensors.values()) dtypes[dtype] = (dtypes[dtype] ?? 0) + 1;
    const { architecture, layers, hiddenSize, intermediateSize, heads, kvHeads, headDim, vocabSize } = config;
    const unsupported = config.unsupported?.reason;
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
      blockTensors: [...blockShapes(config).keys()].flatMap((key) => /^(.+)\.weight$/.exec(key)?.[1] ?? []),
      kinds: config.kinds,
      ...(unsupported === undefined ? {} : { unsupported }),
      notices: unsupported === undefined ? configNotices(checkpoint.config) : [unsupported],
      dtypes,
      hasTokenizer: tokenizerMissing === undefined,
      ...(tokenizerMissing === undefined ? {} : { tokenizerMissing }),
      ...(card === undefined ? {} : { card }),
    });
  }

  /** @throws TokenizerError if the model has no tokenizer, or one that cannot be read. */
  async tokenizer(): Promise<Tokenizer> {
    this.#tokenizer ??= Tokenizer.open(this.checkpoint.files);
    try {
      return await this.#tokenizer;
    } catch (error) {
      // Do not cache the failure: a failed download may succeed next time.
      this.#tokenizer = undefined;
      throw error;
    }
  }
}

async function readCard(files: FileSet, signal: AbortSignal | undefined): Promise<string | undefined> {
  const file = await files.open('README.md', signal);
  if (file === undefined) return undefined;
  const bytes = await file.read(0, Math.min(file.size, MAX_CARD_BYTES), signal);
  return new TextDecoder().decode(bytes);
}

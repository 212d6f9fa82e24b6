/**
 * This folder shows a GGUF file as a model in the layout of the Hub, so that everything above works on it unchanged: `header` reads
 * the file, `formats` decodes its blocks, `architectures` and `names` say how llama.cpp's converter renamed and changed tensors,
 * `weights` undoes that while reading, `config` and `tokenizer` write what transformers keeps in JSON. It is loaded when a GGUF
 * file is opened.
 */
import { CheckpointError } from '../errors';
import { show } from '../../legible';
import { MemorySource } from '../sources';
import type { ByteSource, FileSet } from '../source';
import { GGUF_ARCHITECTURES } from './architectures';
import { type GgufFile, configText, generationConfigText } from './config';
import { readGgufHeader } from './header';
import { Metadata } from './metadata';
import { tokenizerConfigText, tokenizerProblem, tokenizerText } from './tokenizer';
import { GgufWeights } from './weights';

const TOKENIZER = 'tokenizer.json';

/** The files of a model that is stored in one GGUF file: config.json, model.safetensors and, if it can be made, tokenizer.json. */
export class GgufFiles implements FileSet {
  readonly name: string;
  readonly #folder: FileSet;
  readonly #file: GgufFile;
  readonly #weights: GgufWeights;
  readonly #config: string;

  private constructor(folder: FileSet, file: GgufFile, weights: GgufWeights, config: string) {
    this.name = folder.name;
    this.#folder = folder;
    this.#file = file;
    this.#weights = weights;
    this.#config = config;
  }

  get transfer(): FileSet['transfer'] {
    return this.#folder.transfer;
  }

  /**
   * Reads the header of a GGUF file.
   * @param folder where the file is; a model card and, if the file's own cannot be read, a tokenizer are taken from there.
   * @throws CheckpointError if the file is damaged, or its architecture or quantisation is not read; SourceError from the source.
   */
  static async open(folder: FileSet, source: ByteSource, signal?: AbortSignal): Promise<GgufFiles> {
    const { metadata: values, tensors } = await readGgufHeader(source, signal);
    const metadata = new Metadata(source.name, values);
    const parts = values.get('split.count');
    if (typeof parts === 'number' && parts > 1) {
      throw new CheckpointError(
        `${source.name}: expected a whole model in one file, got one of ${parts} parts. Join them with llama-gguf-split --merge.`,
      );
    }
    const architecture = GGUF_ARCHITECTURES.find(({ name }) => name === metadata.architecture);
    if (architecture === undefined) {
      const known = GGUF_ARCHITECTURES.map(({ name }) => name).join(', ');
      throw new CheckpointError(
        `${source.name}: expected general.architecture among ${known}, got ${show(metadata.architecture)}. Take the model's safetensors files, or another model.`,
      );
    }
    const file = { source, metadata, tensors, architecture };
    const weights = new GgufWeights(source, tensors, architecture, metadata.headDim());
    return new GgufFiles(folder, file, weights, await configText(file, signal));
  }

  async open(name: string, signal?: AbortSignal): Promise<ByteSource | undefined> {
    if (name === this.#weights.name) return this.#weights;
    const text = this.#text(name);
    if (text !== undefined) return new MemorySource(new TextEncoder().encode(text), name);
    return name === 'README.md' || name.startsWith('tokenizer') ? this.#folder.open(name, signal) : undefined;
  }

  whyMissing(name: string): string | undefined {
    if (name !== TOKENIZER) return undefined;
    const problem = tokenizerProblem(this.#file.metadata);
    return (
      problem &&
      `${this.#file.source.name}: ${problem} Put the model's ${TOKENIZER} beside it in one folder, or give token ids instead of text.`
    );
  }

  async list(): Promise<readonly string[]> {
    return [this.#file.source.name];
  }

  #text(name: string): string | undefined {
    const { metadata } = this.#file;
    if (name === 'config.json') return this.#config;
    if (name === 'generation_config.json') return generationConfigText(metadata);
    if (tokenizerProblem(metadata) !== undefined) return undefined;
    if (name === TOKENIZER) return tokenizerText(metadata);
    return name === 'tokenizer_config.json' ? tokenizerConfigText(metadata) : undefined;
  }
}

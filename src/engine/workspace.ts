import { LlamaModel } from '../llama/model';
import { SharedStates } from '../llama/shared-states';
import { TensorCache } from '../llama/tensor-cache';
import { Weights } from '../llama/weights';
import type { Backend } from '../backend/operations';
import type { Recipe } from '../recipe/schema';
import { Solutions } from '../transport/solutions';
import type { ExpandOptions } from '../upscale/expanding/expand';
import type { Expansion } from '../upscale/expanding/expansion';
import type { Posed } from './alignment';
import { Alignments } from './alignments';
import type { BackendChoice } from './backends';
import { chooseBackend } from './backends';
import type { Environment } from './environment';
import { RequestError } from './errors';
import { FeatureCache } from './features';
import type { BackendSummary } from './jobs';
import type { OpenModel } from './model';
import type { Shelf } from './shelf';
import { Trainings } from './trainings';

const DERIVED_BYTES = 256 * 2 ** 20;

type TextSource = (name: string, signal: AbortSignal | undefined) => Promise<string>;

/** Everything that lives on one device. When the device is lost the whole of it is replaced. */
export class Workspace {
  readonly backend: Backend;
  readonly summary: BackendSummary;
  readonly alignments: Alignments;
  /** What stands for the weights of blocks where activations are compared. */
  readonly features: FeatureCache;
  /** Transport problems solved so far. */
  readonly solutions: Solutions;
  /** What the models of several recipes have in common on a text. */
  readonly shared: SharedStates;
  /** A text by its name in a recipe. */
  readonly text: TextSource;
  /** Where the states of trainings are kept. */
  readonly shelf: Shelf;
  readonly trainings: Trainings;
  readonly #model: OpenModel | undefined;
  #weights: Weights | undefined;
  #derived: TensorCache | undefined;
  #expansion: { readonly key: string; readonly expansion: Expansion } | undefined;

  private constructor(
    opened: { backend: Backend; summary: BackendSummary; text: TextSource; shelf: Shelf },
    model: OpenModel | undefined,
    lost?: { alignments: Map<string, Posed>; trainings: Trainings['states'] },
  ) {
    this.alignments = new Alignments(lost?.alignments);
    this.trainings = new Trainings(lost?.trainings);
    this.backend = opened.backend;
    this.summary = opened.summary;
    this.text = opened.text;
    this.shelf = opened.shelf;
    this.#model = model;
    this.features = new FeatureCache(this);
    this.solutions = new Solutions(opened.backend);
    this.shared = new SharedStates(opened.backend);
  }

  static async open(
    environment: Environment,
    choice: BackendChoice,
    model: OpenModel | undefined,
    corpus?: string,
  ): Promise<Workspace> {
    const text: TextSource = (name, signal) => environment.text(name, corpus, signal);
    const { shelf } = environment;
    return new Workspace({ ...(await chooseBackend(environment, choice)), text, shelf }, model);
  }

  /**
   * The same on a new device, in place of this lost one. It is of the same kind, or there is none: numbers must not come from
   * the CPU under the GPU's name.
   */
  async again(environment: Environment): Promise<Workspace> {
    const opened = await chooseBackend(environment, this.summary.kind);
    this.close();
    const lost = { alignments: this.alignments.posed, trainings: this.trainings.states };
    return new Workspace({ ...opened, text: this.text, shelf: this.shelf }, this.#model, lost);
  }

  /** @throws RequestError before a model was opened. */
  get model(): OpenModel {
    if (this.#model) return this.#model;
    throw new RequestError('expected an open model, got none: open one first');
  }

  /** The open model's weights, made when first needed. */
  get weights(): Weights {
    const { checkpoint, config } = this.model;
    this.#weights ??= new Weights(this.backend, checkpoint, config);
    return this.#weights;
  }

  /** What was made from the weights for one question and may answer the next. */
  get derived(): TensorCache {
    this.#derived ??= new TensorCache(this.backend, DERIVED_BYTES);
    return this.#derived;
  }

  get base(): LlamaModel {
    return LlamaModel.base(this.backend, this.model.config, this.weights);
  }

  /**
   * The new blocks of a recipe. They are kept until another recipe's are asked for, so that evaluating, exporting and
   * generating do not make them again; they stay the workspace's.
   */
  async expansion(recipe: Recipe, options: Pick<ExpandOptions, 'signal' | 'onProgress'>): Promise<Expansion> {
    const { version: _, model: __, training: ___, ...deciding } = recipe;
    const key = JSON.stringify(deciding);
    if (this.#expansion?.key === key) return this.#expansion.expansion;
    this.#forgetExpansion();
    // Fetched when first used: the first picture needs no new block.
    const { expand } = await import('../upscale/expanding/expand');
    const expansion = await this.features.useFor(recipe, options, (features) =>
      expand(this.backend, this.weights, recipe, { ...options, features, solutions: this.solutions }),
    );
    this.#expansion = { key, expansion };
    return expansion;
  }

  /** The model a recipe makes, or the base model for null; with `arm` the one trained under that name. */
  async deepened(
    { recipe, arm }: { readonly recipe: Recipe | null; readonly arm?: string },
    options: Pick<ExpandOptions, 'signal' | 'onProgress'>,
  ): Promise<{ model: LlamaModel; expansion: Expansion | undefined }> {
    if (arm !== undefined) {
      const { model, expansion } = this.trainings.require(arm);
      return { model, expansion };
    }
    if (recipe === null) return { model: this.base, expansion: undefined };
    const expansion = await this.expansion(recipe, options);
    const model = new LlamaModel(this.backend, this.model.config, this.weights, expansion.layers);
    return { model, expansion };
  }

  /** Frees all that can be made again from the files. */
  clear(): void {
    this.alignments.clear();
    this.features.free();
    this.solutions.free();
    this.shared.free();
    this.trainings.clear();
    this.#forgetExpansion();
    this.#derived?.free();
    this.#derived = undefined;
    this.#weights?.free();
    this.#weights = undefined;
  }

  /** Frees the device. Whatever still works on it fails. */
  close(): void {
    this.backend.dispose();
  }

  /** The same device with another model, or none. The caller goes on with the result alone. */
  withModel(model: OpenModel): Workspace {
    this.clear();
    return new Workspace(this, model);
  }

  #forgetExpansion(): void {
    this.#expansion?.expansion.free();
    this.#expansion = undefined;
  }
}

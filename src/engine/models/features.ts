import { checkTokenIds } from '../../llama/windows';
import type { Recipe } from '../../recipe/schema';
import type { ActivationFeatures } from '../../upscale/activations/features';
import type { BlockSource } from '../../upscale/block/lease';
import { comparesActivations } from '../../upscale/methods/resolve';
import { RequestError } from '../jobs/errors';
import type { OpenModel } from '../workspace/open-model';
import type { CacheKey, Workspace } from '../workspace/workspace';

/** The recipe's settings that determine the compared activations. */
type FeatureSettings = Pick<Recipe['cost'], 'features' | 'text' | 'tokens'>;

interface FeatureOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { label: string; fraction: number }) => void) | undefined;
}

interface Entry {
  readonly key: string;
  readonly features: ActivationFeatures;
  users: number;
}

/** Caches activations of the open model's blocks, for the last requested text and for texts in use. */
class FeatureCache {
  readonly #workspace: Pick<Workspace, 'backend' | 'weights' | 'model' | 'text'>;
  #held: Entry[] = [];

  constructor(workspace: Pick<Workspace, 'backend' | 'weights' | 'model' | 'text'>) {
    this.#workspace = workspace;
  }

  /**
   * Calls `work` with the activations on a text, or with undefined if weights are compared. The activations stay valid
   * until `work` ends.
   * @throws RequestError if the text is missing or too short; AbortError.
   */
  async use<T>(
    cost: FeatureSettings | undefined,
    options: FeatureOptions,
    work: (features: BlockSource | undefined) => Promise<T>,
  ): Promise<T> {
    if (cost?.features !== 'activations') return work(undefined);
    const held = await this.#take(cost, options);
    try {
      return await work(held.features);
    } finally {
      held.users--;
      this.#dropUnused();
    }
  }

  /** Calls `use` with a recipe's cost; `work` gets undefined if the recipe does not compare activations. */
  useFor<T>(
    recipe: Pick<Recipe, 'method' | 'cost'> | null,
    options: FeatureOptions,
    work: (features: BlockSource | undefined) => Promise<T>,
  ): Promise<T> {
    return this.use(recipe && comparesActivations(recipe) ? recipe.cost : undefined, options, work);
  }

  /** Frees all activations. */
  free(): void {
    for (const { features } of this.#held.splice(0)) features.free();
  }

  async #take({ text, tokens }: FeatureSettings, { signal, onProgress }: FeatureOptions): Promise<Entry> {
    const key = `${tokens} ${text}`;
    let held = this.#held.find((candidate) => candidate.key === key);
    if (!held) {
      const { backend, weights, model } = this.#workspace;
      const windows = await lastWindows(model, await this.#workspace.text(text, signal), tokens);
      const { ActivationFeatures: Features } = await import('../../upscale/activations/features');
      const label = 'Running the base model for activations';
      const found = await Features.of(backend, weights, windows, {
        signal,
        onProgress: (fraction) => onProgress?.({ label, fraction }),
      });
      held = { key, features: found, users: 0 };
    }
    // The most recently used entry is last.
    this.#held = [...this.#held.filter((other) => other !== held), held];
    held.users++;
    this.#dropUnused();
    return held;
  }

  #dropUnused(): void {
    const dropped = this.#held.slice(0, -1).filter(({ users }) => users === 0);
    this.#held = this.#held.filter((held) => !dropped.includes(held));
    for (const { features } of dropped) features.free();
  }
}

/** The workspace's activations, which replace weights where activations are compared. */
export const features: CacheKey<FeatureCache> = {
  make: (workspace) => new FeatureCache(workspace),
  clear: (kept) => kept.free(),
};

/** Returns the last tokens of a text, in windows of the model's context. */
async function lastWindows(model: OpenModel, text: string, tokens: number): Promise<Uint32Array[]> {
  const { vocabSize, context } = model.config;
  const all = checkTokenIds((await model.tokenizer()).encode(text), vocabSize);
  if (all.length < tokens) {
    throw new RequestError(
      `activations: expected a text of at least ${tokens} tokens, got ${all.length}. Ask for fewer tokens or give a longer text.`,
    );
  }
  const last = all.slice(all.length - tokens);
  const windows: Uint32Array[] = [];
  for (let start = 0; start < tokens; start += context) windows.push(last.slice(start, start + context));
  return windows;
}

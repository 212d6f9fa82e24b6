import type { Recipe } from '../../recipe/schema';
import type { TrainingTexts } from '../jobs';
import { type JobContext, progress } from '../workspace/context';
import type { CacheKey, Workspace } from '../workspace/workspace';
import { type TrainingData, trainingData } from './data';

/** Losses of the base on the texts that are evaluated. */
export interface BaseLosses {
  readonly heldout: number | null;
  readonly retention: number | null;
  readonly response: number | null;
}

/** What all arms of a race share: their examples, and the losses of the base, from which many of them start. */
export interface SharedData {
  readonly data: TrainingData;
  baseLosses?: BaseLosses;
}

/** The last one; races take place one after another. */
const lastData: CacheKey<{ key?: string; shared?: SharedData }> = {
  make: () => ({}),
  clear: (cache) => {
    delete cache.key;
    delete cache.shared;
  },
};

/** Returns the examples of these texts, tokenised once for all arms. @throws as `trainingData`. */
export async function sharedData(
  workspace: Workspace,
  texts: TrainingTexts,
  { context, steps, tuningSteps }: Pick<Recipe['training'], 'context' | 'steps' | 'tuningSteps'>,
  job: JobContext,
): Promise<SharedData> {
  const cache = workspace.get(lastData);
  const key = JSON.stringify([texts, context, steps > 0, tuningSteps > 0]);
  if (cache.shared && cache.key === key) return cache.shared;
  const data = await trainingData(
    workspace.model,
    texts,
    { context, steps, tuningSteps },
    { signal: job.signal, onProgress: progress(job, 'Tokenising the texts') },
  );
  const shared = { data };
  Object.assign(cache, { key, shared });
  return shared;
}

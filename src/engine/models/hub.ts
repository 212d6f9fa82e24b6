import { HubFiles } from '../../checkpoint/hub/hub-files';
import { KeptModels } from '../../checkpoint/hub/kept-models';
import { type HubRepository, pageOf } from '../../checkpoint/hub/repository';
import { weightBytes } from '../../checkpoint/hub/weight-files';
import { blockTensorName } from '../../llama/block';
import { HUB_ENDPOINT } from '../../recipe/hub';
import type { Environment } from '../environment/environment';
import type { HubJobs, HubSource, KeptSummary } from '../jobs';
import { RequestError } from '../jobs/errors';
import type { JobContext } from '../workspace/context';
import { followDownloads } from '../workspace/downloads';
import { OpenModel } from '../workspace/open-model';

/** Implements one job on models of a Hub that are not open. */
export type HubJob<N extends keyof HubJobs> = (
  environment: Environment,
  args: HubJobs[N]['args'],
  context: JobContext,
) => Promise<HubJobs[N]['result']>;

/** Returns the files of a model on a Hub. `onNotice` receives what the user should know while they are read. */
export async function hubFiles(
  environment: Environment,
  source: HubSource,
  onNotice: (text: string) => void,
): Promise<HubFiles> {
  return new HubFiles(repositoryOf(source), { kept: await keptModels(environment), onNotice });
}

/** Finds a model, reads its headers and says what opening it takes. */
export const lookUp: HubJob<'lookUp'> = async (environment, { source }, { signal, emit }) => {
  const files = await hubFiles(environment, source, (text) => emit({ type: 'notice', text }));
  const stop = followDownloads(files.transfer, emit);
  try {
    const { checkpoint, config, info } = await OpenModel.open(files, signal);
    const listing = await files.listing(signal);
    const repository = repositoryOf(source);
    const q = checkpoint.tensors.get(blockTensorName(config, 0, 'self_attn.q_proj.weight'));
    const { repo, revision } = repository;
    const { architecture, layers, parameters } = info;
    return {
      repo,
      revision,
      sha: listing.sha,
      page: pageOf(repository),
      ...(listing.licence === undefined ? {} : { licence: listing.licence }),
      gated: listing.gated,
      architecture,
      layers,
      parameters,
      weightBytes: weightBytes(repository, listing),
      ...(q ? { firstBytes: 2 * q.bytes } : {}),
    };
  } finally {
    stop();
  }
};

/** Lists what is kept. @throws RequestError if the store cannot be read. */
export const kept: HubJob<'kept'> = async (environment) => {
  try {
    return await summary(await keptModels(environment));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
    throw new RequestError(
      `expected to read what is kept of models, got ${reason}. Allow this program to store data here; without a store models still open.`,
      { cause },
    );
  }
};

/** Frees what is kept of one model, or of all. */
export const freeKept: HubJob<'freeKept'> = async (environment, { id }) => {
  const models = await keptModels(environment);
  if (id !== null && !(await models.list()).some((model) => model.id === id)) {
    throw new RequestError(
      `expected the id of a model that is kept, got ${JSON.stringify(id)}. List them again.`,
    );
  }
  await models.free(id ?? undefined);
  return summary(models);
};

async function summary(kept: KeptModels): Promise<KeptSummary> {
  const models = await kept.list();
  const free = await kept.room();
  return {
    models,
    bytes: models.reduce((sum, model) => sum + model.bytes, 0),
    ...(free === undefined ? {} : { free }),
  };
}

const keptModels = async (environment: Environment): Promise<KeptModels> =>
  new KeptModels(await environment.keptFolders());

const repositoryOf = ({
  repo,
  revision,
  file,
  endpoint = HUB_ENDPOINT,
  token,
}: HubSource): HubRepository => ({
  endpoint,
  repo,
  revision,
  file,
  token,
});

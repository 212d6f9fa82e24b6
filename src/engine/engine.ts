// The engine runs all computation as jobs. Files in this folder are its entry points: the engine, its client and worker, its
// environments (browser, Node), and re-exports of what the page needs before a job runs. The rooms below do the work: jobs,
// environment, workspace, training, models, aligning, plans, neurons, pictures, saving. Each may import only rooms listed
// before it; none imports this folder.

import { DeviceLostError } from '../backend/errors';
import type { FileSet } from '../checkpoint/source';
import { align } from './aligning/align';
import { alignments } from './aligning/alignments';
import { cell } from './neurons/cell';
import { curve } from './plans/curve';
import type { Job, JobContext } from './workspace/context';
import type { JobTimes } from './workspace/job-times';
import type { Environment } from './environment/environment';
import { RequestError, isAbort, throwIfAborted } from './jobs/errors';
import { evaluateText } from './models/evaluate';
import type { HubJob } from './models/hub';
import type {
  BackendSummary,
  EngineApi,
  HubJobs,
  JobName,
  Jobs,
  ModelInfo,
  OpenSource,
  RunOptions,
} from './jobs';
import { followDownloads } from './workspace/downloads';
import { OpenModel } from './workspace/open-model';
import { order } from './neurons/order';
import { picture } from './pictures/picture';
import { JobQueue, WEIGHTS } from './jobs/job-queue';
import type { Weight } from './jobs/job-queue';
import { strongest } from './neurons/strongest';
import { Workspace } from './workspace/workspace';

/** Jobs that use the workspace, which `start` and `open` create. */
type WorkspaceJob = Exclude<JobName, 'start' | 'open' | keyof HubJobs>;

const isHubJob = (name: JobName): name is keyof HubJobs =>
  name === 'lookUp' || name === 'kept' || name === 'freeKept';

/**
 * The page asks for curves and nulls by itself after a solve, whose kernels they would hide. The bandwidth is measured on another
 * device, so that only kernels of jobs beside it would be found.
 */
const UNTIMED: ReadonlySet<JobName> = new Set(['curve', 'null', 'bandwidth']);

/** Runs jobs in this thread. `run` may be called at any time; jobs are queued by their `Weight`. */
export class Engine implements EngineApi {
  readonly #environment: Environment;
  readonly #queue = new JobQueue();
  readonly #running = new Set<JobContext>();
  readonly #jobs: { readonly [N in WorkspaceJob]: Job<N> };
  #times: JobTimes | undefined;
  #model: OpenModel | undefined;
  #workspace: Workspace | undefined;
  #recovery: Promise<void> | undefined;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#jobs = {
      align,
      picture,
      cell,
      order,
      curve,
      strongest,
      related: async (...args) => (await import('./neurons/related')).related(...args),
      neuron: async (...args) => (await import('./neurons/neuron')).neuron(...args),
      save: async (...args) => (await import('./saving/save')).save(...args),
      evaluate: evaluateText,
      // These are imported when first used, because the first picture needs none of them.
      forecast: async (...args) => (await import('./models/forecast')).forecastBlocks(...args),
      generate: async (...args) => (await import('./models/generate')).generateText(...args),
      probe: async (...args) => (await import('./models/probe')).probeText(...args),
      export: async (...args) => (await import('./saving/export')).exportCheckpoint(...args, environment),
      savedLoss: async (...args) => (await import('./saving/saved-loss')).savedLoss(...args),
      measure: async (...args) => (await import('./models/measure')).measureText(...args),
      map: async (...args) => (await import('./models/map')).mapNeurons(...args),
      null: async (...args) => (await import('./models/null')).measureNulls(...args),
      twin: async (...args) => (await import('./models/twin')).measureTwin(...args),
      shuffled: async (...args) => (await import('./models/shuffled')).measureShuffled(...args),
      planTraining: async (...args) => (await import('./training/plan')).planTraining(...args),
      trainingSpeed: async (...args) => (await import('./training/plan')).trainingSpeed(...args),
      prepareTraining: async (...args) => (await import('./training/train')).prepareTraining(...args),
      evaluateStart: async (...args) => (await import('./training/train')).evaluateStart(...args),
      train: async (...args) => (await import('./training/train')).train(...args),
      trainingState: async (...args) => (await import('./training/train')).trainingState(...args),
      bringTraining: async (...args) => (await import('./training/train')).bringTraining(...args),
      keepTraining: async (...args) => (await import('./training/train')).keepTraining(...args),
      dropTraining: async (...args) => (await import('./training/train')).dropTraining(...args),
      memory: async ({ backend }) => backend.memory(),
      device: async ({ backend }) => (await this.#jobTimes()).report(backend),
      timeKernels: async ({ backend }, { on }) => {
        await (await this.#jobTimes()).set(backend, on);
        return null;
      },
      bandwidth: async ({ backend }) =>
        (await import('./environment/bandwidth')).copyBandwidth(environment, backend.info.kind),
      clear: async (workspace) => {
        workspace.clear();
        return null;
      },
    };
  }

  async run<N extends JobName>(
    name: N,
    args: Jobs[N]['args'],
    options: RunOptions = {},
  ): Promise<Jobs[N]['result']> {
    const { signal, onEvent } = options;
    const context: JobContext = { signal, emit: (event) => onEvent?.(event) };
    const task = async (): Promise<Jobs[N]['result']> => {
      this.#running.add(context);
      const stop = followDownloads(this.#model?.checkpoint.files.transfer, context.emit);
      try {
        return await this.#dispatch(name, args, context);
      } finally {
        stop();
        this.#running.delete(context);
      }
    };
    return this.#queue.run(this.#weight(name, args), task, signal);
  }

  /** Frees the device and all that is held on it. */
  dispose(): void {
    this.#workspace?.close();
    this.#workspace = undefined;
  }

  #weight(name: JobName, args: Jobs[JobName]['args']): Weight {
    const weight = WEIGHTS[name];
    if (weight !== 'light' || !('key' in args)) return weight;
    const held = this.#workspace?.get(alignments);
    const alignment = held?.get(args.key);
    // Solving an exact assignment, or replaying evicted half-steps, takes far longer than any picture.
    const kind = 'kind' in args ? args.kind : undefined;
    const exact = kind === 'permutation' || (kind === 'plan' && alignment?.plan === 'permutation');
    if (exact && !alignment?.exact) return 'heavy';
    const minus = 'minus' in args ? args.minus : undefined;
    const steps = [args, minus].map((asked) => ({
      history: asked && held?.get(asked.key)?.history,
      halfStep: asked && 'halfStep' in asked ? asked.halfStep : undefined,
    }));
    return steps.some(({ history, halfStep }) => history?.isEvicted(halfStep)) ? 'heavy' : 'light';
  }

  async #dispatch<N extends JobName>(
    name: N,
    args: Jobs[N]['args'],
    context: JobContext,
  ): Promise<Jobs[N]['result']> {
    if (name === 'start') return this.#start(args as Jobs['start']['args']);
    if (name === 'open') return this.#open((args as Jobs['open']['args']).source, context);
    if (isHubJob(name)) {
      const jobs: { readonly [M in keyof HubJobs]: HubJob<M> } = await import('./models/hub');
      const run = jobs[name] as unknown as HubJob<keyof HubJobs>;
      return (await run(
        this.#environment,
        args as HubJobs[keyof HubJobs]['args'],
        context,
      )) as Jobs[N]['result'];
    }
    const job = this.#jobs[name as WorkspaceJob] as unknown as Job<N> | undefined;
    if (!job) throw new RequestError(`expected a job among ${Object.keys(WEIGHTS).join(', ')}, got ${name}`);
    // Light jobs run beside others, so that their kernels cannot be told apart.
    const isTimed = WEIGHTS[name] === 'heavy' && !UNTIMED.has(name);
    const attempt = async (workspace: Workspace): Promise<Jobs[N]['result']> => {
      const { backend } = workspace;
      const work = (): Promise<Jobs[N]['result']> => job(workspace, args, context);
      const result = await (isTimed && this.#times ? this.#times.record(name, backend, work) : work());
      // What a device says late is this job's failure, and not the next one's.
      const failure = WEIGHTS[name] === 'light' ? undefined : await backend.failure();
      if (failure) throw failure;
      return result;
    };
    const workspace = this.#current();
    try {
      return await attempt(workspace);
    } catch (error) {
      // Another job may have seen the loss first and replaced this job's workspace.
      const lost = error instanceof DeviceLostError || (this.#workspace !== workspace && !isAbort(error));
      if (!lost) {
        // What is cached may come from what failed. The next job starts afresh. (After a cancel it finds the failure.)
        if (!isAbort(error) && (await workspace.backend.failure()))
          await this.#recover(workspace).catch(() => undefined);
        throw error;
      }
      throwIfAborted(context.signal);
      const what = workspace.summary.kind === 'cpu' ? 'A thread of the CPU backend' : 'The GPU';
      context.emit({ type: 'progress', progress: { label: `${what} was lost; starting again` } });
      await this.#recover(workspace);
      return await attempt(this.#current());
    }
  }

  async #start({ backend, corpus }: Jobs['start']['args']): Promise<BackendSummary> {
    const workspace = await Workspace.open(this.#environment, backend, this.#model, corpus);
    const sameKind = this.#workspace?.summary.kind === workspace.summary.kind;
    this.#workspace?.close();
    this.#workspace = workspace;
    await this.#times?.follow(workspace.backend, sameKind);
    return workspace.summary;
  }

  async #open(source: OpenSource, { signal, emit }: JobContext): Promise<ModelInfo> {
    this.#current();
    emit({ type: 'progress', progress: { label: 'Reading headers' } });
    const files = await this.#files(source);
    const stop = followDownloads(files.transfer, emit);
    const model = await OpenModel.open(files, signal).finally(stop);
    throwIfAborted(signal);
    this.#workspace = this.#current().withModel(model);
    this.#model = model;
    return model.info;
  }

  async #files(source: OpenSource): Promise<FileSet> {
    if (source.kind !== 'hub') return this.#environment.files(source);
    const { hubFiles } = await import('./models/hub');
    return hubFiles(this.#environment, source, (text) => this.#notify(text));
  }

  /** Sends a notice with whichever job runs, because files are read by any. */
  #notify(text: string): void {
    const [context] = this.#running;
    context?.emit({ type: 'notice', text });
  }

  /** Replaces a lost device by a new one. Weights are read from the files again when they are needed. */
  async #recover(lost: Workspace): Promise<void> {
    if (this.#workspace !== lost) return;
    this.#recovery ??= this.#replace(lost).finally(() => {
      this.#recovery = undefined;
    });
    await this.#recovery;
  }

  async #replace(lost: Workspace): Promise<void> {
    try {
      this.#workspace = await lost.reopen(this.#environment);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new DeviceLostError(
        `the ${lost.summary.kind === 'cpu' ? 'CPU backend' : 'GPU'} was lost and could not be started again (${reason}): try again, or choose the CPU backend`,
        { cause },
      );
    }
    await this.#times?.follow(this.#workspace.backend, true);
  }

  /** Made when it is first asked for, because most visits ask for none. */
  async #jobTimes(): Promise<JobTimes> {
    const { JobTimes } = await import('./workspace/job-times');
    return (this.#times ??= new JobTimes());
  }

  #current(): Workspace {
    if (this.#workspace) return this.#workspace;
    throw new RequestError('expected a started backend, got none: run start first');
  }
}

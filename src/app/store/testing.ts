import type {
  AlignResult,
  EngineApi,
  JobEvent,
  JobName,
  Jobs,
  ModelInfo,
  Picture,
  RunOptions,
} from '../../engine/jobs';
import { MemoryByteStore, type ByteStore } from '../../engine/environment/byte-store';
import type { App } from './app';
import { createApp } from './app';
import type { Locks, Platform } from './core/store';
import type { Address } from './session/link';

/** One job that the page requested and the test answers. */
export interface Call<N extends JobName = JobName> {
  readonly name: N;
  readonly args: Jobs[N]['args'];
  readonly signal: AbortSignal | undefined;
  emit(event: JobEvent): void;
  resolve(result: Jobs[N]['result']): void;
  reject(error: Error): void;
}

type Answers = { [N in JobName]?: (args: Jobs[N]['args']) => Jobs[N]['result'] | Promise<Jobs[N]['result']> };

/** A fake engine that computes nothing: it answers a job from `answers`, or the test answers it through its `Call`. */
export class ScriptedEngine implements EngineApi {
  readonly calls: Call[] = [];
  readonly answers: Answers;

  constructor(answers: Answers = {}) {
    this.answers = answers;
  }

  run<N extends JobName>(
    name: N,
    args: Jobs[N]['args'],
    options: RunOptions = {},
  ): Promise<Jobs[N]['result']> {
    const { signal, onEvent } = options;
    return new Promise((resolve, reject) => {
      const call: Call<N> = { name, args, signal, emit: (event) => onEvent?.(event), resolve, reject };
      this.calls.push(call as unknown as Call);
      signal?.addEventListener('abort', () => reject(namedError('AbortError', 'cancelled')));
      const answer = this.answers[name];
      if (answer) Promise.resolve(args).then(answer).then(resolve, reject);
    });
  }

  all<N extends JobName>(name: N): Call<N>[] {
    return this.calls.filter((call) => call.name === name) as unknown as Call<N>[];
  }

  /** The latest job of a name. */
  last<N extends JobName>(name: N): Call<N> {
    const call = this.all(name).at(-1);
    if (call === undefined) throw new Error(`No ${name} was asked for.`);
    return call;
  }
}

export function namedError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

export const MODEL: ModelInfo = {
  name: 'toy',
  architecture: 'LlamaForCausalLM',
  layers: 8,
  hiddenSize: 4,
  intermediateSize: 6,
  heads: 2,
  kvHeads: 1,
  headDim: 2,
  vocabSize: 16,
  context: 32,
  tied: true,
  parameters: 1000,
  blockParameters: 100,
  blockTensors: [],
  kinds: Array.from({ length: 8 }, () => ({ rope: 0, window: null })),
  notices: [],
  dtypes: { F32: 10 },
  hasTokenizer: true,
};

const NO_BYTES = { weights: 0, costs: 0, plans: 0, activations: 0, optimizer: 0, other: 0 };

const NO_MEMORY: Jobs['memory']['result'] = {
  bytes: 0,
  peakBytes: 0,
  tensors: 0,
  pooledBytes: 0,
  byKind: NO_BYTES,
  peakByKind: NO_BYTES,
};

/** A finished 4 × 4 alignment whose best pairs lie on the anti-diagonal. */
export function solved(key: string, change: Partial<AlignResult> = {}): AlignResult {
  return {
    key,
    gap: 6,
    tensor: 'self_attn.q_proj',
    method: 'opt-deus:paper',
    plan: 'entropic',
    rows: 4,
    columns: 4,
    epsilon: 0.06,
    halfSteps: 8,
    iterations: 4,
    converged: true,
    errors: [1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.001, 1e-6],
    marginalError: 1e-6,
    planPerplexity: 2,
    transportCost: 1,
    costMean: 1.4,
    costDeviation: 0.1,
    argmax: Uint32Array.of(3, 2, 1, 0),
    assignment: Uint32Array.of(3, 2, 1, 0),
    milliseconds: 5000,
    backend: 'cpu',
    ...change,
  };
}

export function picture(key: string, kind: Picture['kind'], halfStep: number): Picture {
  const max = Float32Array.from({ length: 16 }, (_, i) => i / 16);
  return { key, kind, halfStep, width: 4, height: 4, max, mean: max, low: 0, high: 15 / 16 };
}

/** An address bar with its history in memory. */
export class MemoryAddress implements Address {
  readonly entries: string[];
  readonly #own = new Set<number>();
  #at = 0;

  constructor(fragment = '') {
    this.entries = [fragment];
  }

  get fragment(): string {
    return this.entries[this.#at] ?? '';
  }

  /** Somebody follows a link, or types one. */
  set fragment(fragment: string) {
    this.entries[this.#at] = fragment;
    this.#own.delete(this.#at);
  }

  read(): string {
    return this.fragment;
  }

  isOwn(): boolean {
    return this.#own.has(this.#at);
  }

  replace(fragment: string): void {
    this.entries[this.#at] = fragment;
    this.#own.add(this.#at);
  }

  push(fragment: string): void {
    this.entries.splice(++this.#at, Infinity, fragment);
    this.#own.add(this.#at);
  }

  /** Goes back (−1) or forward (+1); the page then has to restore. */
  go(by: 1 | -1): void {
    this.#at = Math.max(0, Math.min(this.entries.length - 1, this.#at + by));
  }
}

/** Locks of pages that share the set of taken names. They do not wait. */
export const testLocks = (taken: Set<string>): Locks => ({
  async take(name) {
    if (taken.has(name)) return undefined;
    taken.add(name);
    return () => void taken.delete(name);
  },
  taken: async () => new Set(taken),
});

interface Setup {
  readonly answers?: Answers;
  readonly fragment?: string;
  /** In place of `fragment`: an address bar with its history. */
  readonly address?: MemoryAddress;
  readonly reducedMotion?: boolean;
  /** Texts stored on an earlier visit, by name. */
  readonly stored?: Map<string, string>;
  readonly byteStore?: ByteStore;
  /** Locks that this page shares with others. */
  readonly locks?: Locks;
  /** Languages that the browser asks for, the most wanted first. */
  readonly languages?: readonly string[];
}

/** Creates the app without DOM, with the backend started and the shipped model open, and its fake engine. */
export async function openApp({
  answers = {},
  fragment = '',
  address = new MemoryAddress(fragment),
  reducedMotion = false,
  stored = new Map(),
  byteStore = new MemoryByteStore(),
  locks = testLocks(new Set()),
  languages = ['en'],
}: Setup = {}): Promise<{
  app: App;
  engine: ScriptedEngine;
  address: MemoryAddress;
}> {
  const engine = new ScriptedEngine({
    start: ({ backend }) => ({
      kind: backend === 'auto' ? 'cpu' : backend,
      description: 'test',
      software: false,
      limits: {},
      features: [],
    }),
    open: () => MODEL,
    memory: () => NO_MEMORY,
    order: () => ({ rows: Uint32Array.of(0, 1, 2, 3), columns: Uint32Array.of(3, 2, 1, 0) }),
    ...answers,
  });
  const platform: Platform = {
    base: 'https://example.org/interlayer/',
    embedded: false,
    reducedMotion: () => reducedMotion,
    languages: () => languages,
    fetchText: async (url) => `text of ${url}`,
    loadText: (name) => stored.get(name) ?? null,
    saveText: (name, text) => stored.set(name, text) === stored,
    byteStore: async () => byteStore,
    locks,
  };
  const app = createApp(engine, platform, address);
  await app.begin();
  return { app, engine, address };
}

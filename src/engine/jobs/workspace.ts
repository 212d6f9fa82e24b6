import type { MemoryUse } from '../../backend/operations';

/** Backend and model that all other jobs work with, and what is held of them. */
export interface WorkspaceJobs {
  /** Chooses and starts the backend. First of all jobs. */
  start: { args: StartRequest; result: BackendSummary };
  /** Opens a model and makes it current. Replaces the one before. */
  open: { args: { source: OpenSource }; result: ModelInfo };
  /** What is held on the device right now. */
  memory: { args: Record<string, never>; result: MemoryUse };
  /** Forgets kept alignments and finished blocks; the model stays open. */
  clear: { args: Record<string, never>; result: null };
}

/** `auto` takes WebGPU where there is an adapter that is faster than the CPU. */
interface StartRequest {
  readonly backend: 'auto' | 'webgpu' | 'cpu';
  /** Address of the folder of shipped texts, which recipes name; without it they are not at hand in a browser. */
  readonly corpus?: string;
}

/** The backend that computes. */
export interface BackendSummary {
  readonly kind: 'webgpu' | 'cpu';
  readonly description: string;
  readonly software: boolean;
  readonly limits: Readonly<Record<string, number>>;
  readonly features: readonly string[];
  /** Why the CPU is used although `auto` was asked for; one sentence for people. */
  readonly notice?: string;
}

/** Where a model’s files are: in a folder at an address, or picked. */
export type OpenSource =
  | { readonly kind: 'url'; readonly url: string; readonly name?: string }
  | { readonly kind: 'files'; readonly files: readonly File[]; readonly name: string };

/** An open model, as its config and its files describe it. */
export interface ModelInfo {
  readonly name: string;
  readonly architecture: string;
  readonly layers: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabSize: number;
  readonly context: number;
  readonly tied: boolean;
  readonly parameters: number;
  /** Parameters of one block. */
  readonly blockParameters: number;
  /** dtype → number of tensors. */
  readonly dtypes: Readonly<Record<string, number>>;
  readonly hasTokenizer: boolean;
  /** Text of README.md beside the model, where there is one. */
  readonly card?: string;
}

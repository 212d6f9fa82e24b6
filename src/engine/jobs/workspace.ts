import type { MemoryUse } from '../../backend/operations';
import type { LayerKind } from '../../llama/layer-kinds';
import type { HubSource } from './hub';

/** Jobs that set up the backend and the model that all other jobs use. */
export interface WorkspaceJobs {
  /** Chooses and starts the backend. Must be the first job. */
  start: { args: StartRequest; result: BackendSummary };
  /** Opens a model, which replaces the current one. */
  open: { args: { source: OpenSource }; result: ModelInfo };
  /** Reports the memory in use on the device. */
  memory: { args: Record<string, never>; result: MemoryUse };
  /** Frees cached alignments and new blocks; the model stays open. */
  clear: { args: Record<string, never>; result: null };
}

/** The backend to start. `auto` takes WebGPU if there is an adapter that is faster than the CPU. */
interface StartRequest {
  readonly backend: 'auto' | 'webgpu' | 'cpu';
  /** URL of the folder of shipped texts, which recipes name. Without it a browser cannot read them. */
  readonly corpus?: string;
}

/** Facts about the started backend. */
export interface BackendSummary {
  readonly kind: 'webgpu' | 'cpu';
  readonly description: string;
  readonly software: boolean;
  readonly limits: Readonly<Record<string, number>>;
  readonly features: readonly string[];
  /** Why `auto` chose the CPU, as one sentence for the user. */
  readonly notice?: string;
}

/** Where a model’s files are: in a folder at a URL, in a repository of a Hub, or picked by the user. */
export type OpenSource =
  | { readonly kind: 'url'; readonly url: string; readonly name?: string }
  | HubSource
  | { readonly kind: 'files'; readonly files: readonly File[]; readonly name: string };

/** Facts about an open model, from its config and files. */
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
  /** Names of a block's tensors, as in `BLOCK_TENSORS` of recipes. */
  readonly blockTensors: readonly string[];
  /** The kind of every block: what may differ from block to block besides weights. */
  readonly kinds: readonly LayerKind[];
  /** Why nothing can be computed but distances of neurons: the architecture is not supported. */
  readonly unsupported?: string;
  /** The same, and what of config.json counts in another way than its reader may think, one sentence or some each. */
  readonly notices: readonly string[];
  /** dtype → number of tensors. */
  readonly dtypes: Readonly<Record<string, number>>;
  readonly hasTokenizer: boolean;
  /** Why there is no tokenizer, and how to get one. */
  readonly tokenizerMissing?: string;
  /** Text of the model's README.md, if there is one. */
  readonly card?: string;
}

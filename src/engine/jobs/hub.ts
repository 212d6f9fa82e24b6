import type { KeptModel } from '../../checkpoint/hub/kept-models';

/** Jobs on models of a Hub that are not open. None uses the device. */
export interface HubJobs {
  /** Finds a model, says what opening it takes, and reads nothing large. Events: progress, notice. */
  lookUp: { args: { source: HubSource }; result: HubSummary };
  /** Lists what is kept of models from Hubs, the last used first. */
  kept: { args: Record<string, never>; result: KeptSummary };
  /** Frees what is kept of one model, or of all (`id` null). */
  freeKept: { args: { id: string | null }; result: KeptSummary };
}

/** A model in a repository of a Hub. */
export interface HubSource {
  readonly kind: 'hub';
  /** `owner/name`. */
  readonly repo: string;
  readonly revision: string;
  /** One file to open in place of the safetensors. */
  readonly file?: string;
  /** Address of the Hub; default: the Hugging Face Hub. */
  readonly endpoint?: string;
  /** Sent to the endpoint only, and never kept. */
  readonly token?: string;
}

/** A model on a Hub, before it is opened. */
export interface HubSummary {
  readonly repo: string;
  readonly revision: string;
  /** Commit that the revision stands for. */
  readonly sha: string;
  /** Address of its page. */
  readonly page: string;
  readonly licence?: string;
  readonly gated: boolean;
  readonly architecture: string;
  readonly layers: number;
  readonly parameters: number;
  /** Bytes of all weights. */
  readonly weightBytes: number;
  /** Bytes that the first plan still needs: q_proj of two blocks. */
  readonly firstBytes?: number;
}

/** What is kept of models from Hubs. */
export interface KeptSummary {
  readonly models: readonly KeptModel[];
  /** Bytes of all. */
  readonly bytes: number;
  /** Bytes that may still be kept; absent if that is not known. */
  readonly free?: number;
}

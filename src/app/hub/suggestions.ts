/** A model that the dialog suggests. */
interface Suggestion {
  readonly repo: string;
  /** As the authors count them. */
  readonly parameters: string;
  /** Size of the weights in GB. */
  readonly gigabytes: string;
  readonly licence: string;
  readonly gated?: boolean;
  readonly goodFor: string;
}

/** Small models to begin with, the smallest first. */
export const SUGGESTIONS: readonly Suggestion[] = [
  {
    repo: 'HuggingFaceTB/SmolLM2-135M',
    parameters: '135 M',
    gigabytes: '0.3',
    licence: 'Apache 2.0',
    goodFor: 'trying everything on any machine',
  },
  {
    repo: 'HuggingFaceTB/SmolLM2-360M',
    parameters: '360 M',
    gigabytes: '0.7',
    licence: 'Apache 2.0',
    goodFor: 'the same family, wider',
  },
  {
    repo: 'Qwen/Qwen2.5-0.5B',
    parameters: '0.5 B',
    gigabytes: '1.0',
    licence: 'Apache 2.0',
    goodFor: 'many languages; biases in attention',
  },
  {
    repo: 'Qwen/Qwen3-0.6B',
    parameters: '0.6 B',
    gigabytes: '1.5',
    licence: 'Apache 2.0',
    goodFor: 'norms on queries and keys',
  },
  {
    repo: 'TinyLlama/TinyLlama-1.1B-Chat-v1.0',
    parameters: '1.1 B',
    gigabytes: '2.2',
    licence: 'Apache 2.0',
    goodFor: 'Llama 2’s shape, small',
  },
  {
    repo: 'meta-llama/Llama-3.2-1B',
    parameters: '1.2 B',
    gigabytes: '2.5',
    licence: 'Llama 3.2',
    gated: true,
    goodFor: 'a base model of the OpT-DeUS paper',
  },
];

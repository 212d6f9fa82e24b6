import { LegibleError } from '../legible';

/** The model's configuration is not supported, or its tensors do not match it. */
export class ConfigError extends LegibleError {
  override name = 'ConfigError';
}

/** The model's architecture is not in the table. */
export class UnsupportedArchitectureError extends ConfigError {
  override name = 'UnsupportedArchitectureError';
  /** As config.json names it. */
  readonly architecture: string;

  constructor(architecture: string, message: string) {
    super(message);
    this.architecture = architecture;
  }
}

/** The tokens or options of an evaluation or generation are not valid, or a result is not finite. */
export class EvaluationError extends LegibleError {
  override name = 'EvaluationError';
}

/** The tokenizer is missing or not supported. */
export class TokenizerError extends LegibleError {
  override name = 'TokenizerError';
}

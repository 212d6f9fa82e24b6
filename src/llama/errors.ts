/** The model's configuration is not supported, or its tensors do not match it. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** The tokens or options of an evaluation or generation are not valid, or a result is not finite. */
export class EvaluationError extends Error {
  override name = 'EvaluationError';
}

/** The tokenizer is missing or not supported. */
export class TokenizerError extends Error {
  override name = 'TokenizerError';
}

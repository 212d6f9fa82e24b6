/** A model's configuration, or its tensors against it, is not what this project can run. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Tokens cannot be evaluated or continued, or the numbers that came out are not finite. */
export class EvaluationError extends Error {
  override name = 'EvaluationError';
}

/** A tokenizer is missing, or is one this project cannot read. */
export class TokenizerError extends Error {
  override name = 'TokenizerError';
}

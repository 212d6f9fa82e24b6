import type { Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import { countBlockParameters } from './block';
import { sumOfDivergences } from './divergence';
import { EvaluationError } from './errors';
import type { ForwardOptions, LlamaModel } from './model';
import type { HiddenStateCache } from './hidden-state-cache';
import { joined, stacksOf } from './stacks';
import { checkTokenIds } from './windows';

export interface EvaluateOptions extends ForwardOptions {
  /** Also compare all logits with those of this model. */
  readonly base?: LlamaModel | undefined;
  /** Cache of states that several models share; it does not change any number. */
  readonly shared?: HiddenStateCache | undefined;
  /** Also compute the KL divergence from the base; needs both models' logits read back. */
  readonly divergence?: boolean;
}

export interface EvaluationResult {
  /** −log probability (nats) of every token except the first of each window, window after window. */
  readonly nll: Float32Array;
  /** Mean of `nll`, summed in float64. */
  readonly loss: number;
  /** exp(loss). */
  readonly perplexity: number;
  /** Largest |logit − logit of the base model| over all predictions. Only with `base`. */
  readonly maxLogitDifference?: number;
  /** Mean over predictions of KL(base ‖ model) in nats. Only with `base` and `divergence`. */
  readonly klFromBase?: number;
}

/**
 * Computes the loss of a model on windows of token ids (see `cutWindows`).
 * @throws EvaluationError if a window is shorter than two tokens, an id is outside the vocabulary, or a loss is not finite.
 */
export async function evaluate(
  model: LlamaModel,
  windows: readonly Uint32Array[],
  { signal, onProgress, base, shared, divergence = false }: EvaluateOptions = {},
): Promise<EvaluationResult> {
  checkWindows(windows, model.config.vocabSize);
  const inputs = windows.map((ids) => ids.subarray(0, -1));
  // The cache keeps windows one by one. What a prediction comes to does not depend on the stack.
  const stacks = shared ? inputs.map((ids) => [ids]) : stacksOf(inputs);
  const predictions = inputs.reduce((sum, ids) => sum + ids.length, 0);
  const progress = new EvaluationProgress(model, base, predictions, onProgress);
  const nll = new Float32Array(predictions);
  let largest = 0;
  let diverged = 0;
  let done = 0;
  const scope = new Scope(model.backend, 'activations');
  const states = async (of: LlamaModel): Promise<Tensor[]> => {
    const forward = { signal, onProgress: progress.blocks(of) };
    const hidden = await (shared ? shared.hidden(of, inputs, forward) : of.hiddenOfStacks(stacks, forward));
    return hidden.map((tensor) => scope.own(tensor));
  };
  try {
    const hidden = await states(model);
    const compared = base && { model: base, hidden: await states(base) };
    const all = joined(windows.map((ids) => ids.subarray(1)));
    for (const [i, state] of hidden.entries()) {
      const [rows = 0] = state.shape;
      const targets = all.subarray(done, done + rows);
      const other = compared?.hidden[i];
      for (let row = 0; row < targets.length; row += model.logitRows) {
        signal?.throwIfAborted();
        const chunk = targets.subarray(row, row + model.logitRows);
        const result = await evaluateRows(
          { model, state },
          base && other && { model: base, state: other, divergence },
          row,
          chunk,
          signal,
        );
        nll.set(result.nll, done);
        done += chunk.length;
        largest = Math.max(largest, result.difference);
        diverged += result.divergence;
        progress.head(chunk.length);
      }
    }
  } finally {
    scope.free();
  }
  const loss = meanLoss(nll);
  const result = { nll, loss, perplexity: Math.exp(loss) };
  if (base === undefined) return result;
  const compared = { ...result, maxLogitDifference: largest };
  return divergence ? { ...compared, klFromBase: diverged / nll.length } : compared;
}

/** A model with its final-normed hidden states of one window. */
interface ModelState {
  readonly model: LlamaModel;
  readonly state: Tensor;
}

async function evaluateRows(
  of: ModelState,
  base: (ModelState & { readonly divergence: boolean }) | undefined,
  row: number,
  targets: Uint32Array,
  signal: AbortSignal | undefined,
): Promise<{ nll: Float32Array; difference: number; divergence: number }> {
  const { backend } = of.model;
  const scope = new Scope(backend, 'activations');
  try {
    const logits = scope.own(await of.model.logits(of.state, row, targets.length, signal));
    const index = scope.own(backend.upload(targets, [targets.length], 'u32', 'target ids'));
    const nll = scope.own(backend.crossEntropy(logits, index));
    let difference = 0;
    let divergence = 0;
    if (base !== undefined) {
      const baseLogits = scope.own(await base.model.logits(base.state, row, targets.length, signal));
      const [value] = await backend.read(scope.own(backend.maxAbsDifference(logits, baseLogits)));
      difference = value ?? 0;
      if (base.divergence) {
        divergence = sumOfDivergences(
          await backend.read(baseLogits),
          await backend.read(logits),
          targets.length,
        );
      }
    }
    return { nll: await backend.read(nll), difference, divergence };
  } finally {
    scope.free();
  }
}

function checkWindows(windows: readonly Uint32Array[], vocabSize: number): void {
  if (windows.length === 0) throw tooShort(0);
  for (const ids of windows) {
    if (ids.length < 2) throw tooShort(ids.length);
    checkTokenIds(ids, vocabSize);
  }
}

const tooShort = (tokens: number): EvaluationError =>
  new EvaluationError(
    `Expected a text of at least 2 tokens (the first is only read, the others are predicted), got ${tokens}. Take a longer text.`,
  );

function meanLoss(nll: Float32Array): number {
  let sum = 0;
  for (const [i, value] of nll.entries()) {
    if (!Number.isFinite(value)) {
      throw new EvaluationError(
        `Expected a finite loss for every token, got ${value} at prediction ${i + 1} of ${nll.length}. ` +
          "Check the model's weights and configuration, or evaluate on the CPU backend to compare.",
      );
    }
    sum += value;
  }
  return sum / nll.length;
}

/** Reports progress, with blocks and head weighted by their number of multiplications. */
class EvaluationProgress {
  readonly #report: ((fraction: number) => void) | undefined;
  readonly #total: number;
  readonly #predictions: number;
  readonly #headWork: number;
  #done = 0;

  constructor(
    model: LlamaModel,
    base: LlamaModel | undefined,
    predictions: number,
    report: ((fraction: number) => void) | undefined,
  ) {
    const { vocabSize, hiddenSize } = model.config;
    const models = base === undefined ? [model] : [model, base];
    this.#report = report;
    this.#predictions = predictions;
    this.#headWork = vocabSize * hiddenSize * models.length;
    const blocks = models.reduce((sum, each) => sum + blockWork(each), 0);
    this.#total = (blocks + this.#headWork) * predictions;
  }

  /** Returns the progress callback for one pass through a model's blocks. */
  blocks(model: LlamaModel): (fraction: number) => void {
    const start = this.#done;
    return (fraction) => this.#set(start + fraction * blockWork(model) * this.#predictions);
  }

  head(rows: number): void {
    this.#set(this.#done + rows * this.#headWork);
  }

  #set(done: number): void {
    this.#done = done;
    this.#report?.(Math.min(1, done / this.#total));
  }
}

const blockWork = (model: LlamaModel): number => model.layers.length * countBlockParameters(model.config);

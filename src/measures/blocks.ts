import type { Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import { evaluate } from '../llama/evaluate';
import { LlamaModel, type ResidualStream } from '../llama/model';
import { RopeTables } from '../llama/rope-tables';
import type { Expansion } from '../upscale/expanding/expansion';
import { attentionEntropy } from './attention';
import type { BlockMeasure, MeasureGroup, Sample } from './measurement';
import { centredGram, linearCka, residualChange } from './similarity';

export interface BlockOptions {
  readonly groups: ReadonlySet<MeasureGroup>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

interface BlockResults {
  readonly blocks: readonly BlockMeasure[];
  /** `[layers, layers]`; empty if not requested. */
  readonly cka: Float32Array;
  readonly sample: Sample;
}

type Numbers = { -readonly [K in keyof BlockMeasure]: BlockMeasure[K] };

/** Fraction of the progress given to the pass that measures the residual stream; ablations need two passes per block. */
const STREAM_FRACTION = 0.2;

/**
 * Measures every block of a model on one window of tokens; the last token is only a target. Keeps two residual streams and
 * one Gram matrix per block in host memory.
 * @throws EvaluationError for a loss that is not finite; AbortError.
 */
export async function measureBlocks(
  model: LlamaModel,
  expansion: Expansion | undefined,
  ids: Uint32Array,
  { groups, signal, onProgress }: BlockOptions,
): Promise<BlockResults> {
  const blocks = emptyMeasures(model, expansion);
  const ablating = groups.has('ablations');
  const watched = ablating ? STREAM_FRACTION : 1;
  const watch = new StreamMeasurer(model, ids, blocks, groups, signal);
  const { cka, loss: last } = await watch.run((fraction) => onProgress?.(watched * fraction));
  let loss = last;
  if (ablating) {
    const meanLoss = async (layers: LlamaModel['layers']): Promise<number> => {
      const changed = new LlamaModel(model.backend, model.config, model.weights, layers);
      return (await evaluate(changed, [ids], { signal })).loss;
    };
    loss ??= await meanLoss(model.layers);
    for (const [i, block] of blocks.entries()) {
      const [before, after] = [model.layers.slice(0, i), model.layers.slice(i + 1)];
      block.lossSkipped = await meanLoss([...before, ...after]);
      block.lossDoubled = await meanLoss([...model.layers.slice(0, i + 1), ...model.layers.slice(i)]);
      onProgress?.(watched + ((1 - watched) * (i + 1)) / blocks.length);
    }
  }
  return { blocks, cka, sample: { tokens: ids.length - 1, loss } };
}

function emptyMeasures(model: LlamaModel, expansion: Expansion | undefined): Numbers[] {
  const added = new Set(expansion?.newLayers);
  const sources = expansion?.sources;
  return model.layers.map((_, layer) => ({
    layer,
    isNew: added.has(layer),
    base: sources?.[layer] ?? layer,
    residualChange: null,
    residualCosine: null,
    ckaToPrevious: null,
    attentionEntropy: null,
    logitLensLoss: null,
    lossSkipped: null,
    lossDoubled: null,
  }));
}

/** Measures the residual stream between blocks during one forward pass. */
class StreamMeasurer {
  readonly #model: LlamaModel;
  readonly #inputs: Uint32Array;
  readonly #targets: Uint32Array;
  readonly #blocks: readonly Numbers[];
  readonly #groups: ReadonlySet<MeasureGroup>;
  readonly #signal: AbortSignal | undefined;
  readonly #grams: Float64Array[] = [];
  #ropes: RopeTables | undefined;
  #before: Float32Array | undefined;

  constructor(
    model: LlamaModel,
    ids: Uint32Array,
    blocks: readonly Numbers[],
    groups: ReadonlySet<MeasureGroup>,
    signal: AbortSignal | undefined,
  ) {
    this.#model = model;
    this.#inputs = ids.subarray(0, -1);
    this.#targets = ids.subarray(1);
    this.#blocks = blocks;
    this.#groups = groups;
    this.#signal = signal;
  }

  async run(onProgress: (fraction: number) => void): Promise<{ cka: Float32Array; loss: number | null }> {
    if (!(['blocks', 'attention', 'lens'] as const).some((group) => this.#groups.has(group)))
      return { cka: new Float32Array(), loss: null };
    const { backend, config } = this.#model;
    try {
      if (this.#groups.has('attention')) this.#ropes = new RopeTables(backend, config, this.#inputs.length);
      const states = await this.#model.hidden([this.#inputs], {
        signal: this.#signal,
        onProgress,
        onStream: (view) => this.#look(view),
      });
      backend.free(...states);
      return { cka: this.#pairs(), loss: this.#blocks.at(-1)?.logitLensLoss ?? null };
    } finally {
      this.#ropes?.free();
    }
  }

  async #look({ depth, stream, next }: ResidualStream): Promise<void> {
    const { backend, config } = this.#model;
    const below = this.#blocks[depth - 1];
    if (this.#groups.has('blocks')) await this.#compare(await backend.read(stream), below);
    if (below && this.#groups.has('lens')) below.logitLensLoss = await this.#lens(stream);
    const above = this.#blocks[depth];
    if (above && next && this.#ropes) {
      const rope = this.#ropes.of(next.kind, { length: this.#inputs.length, windows: 1 });
      above.attentionEntropy = await attentionEntropy(
        { backend, config, ...next },
        stream,
        rope,
        this.#signal,
      );
    }
  }

  async #compare(values: Float32Array, block: Numbers | undefined): Promise<void> {
    const tokens = this.#inputs.length;
    const gram = centredGram(values, tokens);
    const last = this.#grams.at(-1);
    if (block && this.#before && last) {
      const { change, cosine } = residualChange(this.#before, values, tokens);
      block.residualChange = change;
      block.residualCosine = cosine;
      block.ckaToPrevious = linearCka(last, gram);
    }
    this.#before = values;
    this.#grams.push(gram);
    await this.#model.backend.settle();
  }

  /** Loss of the final norm and the head applied to a residual stream. */
  async #lens(stream: Tensor): Promise<number> {
    const { backend, logitRows } = this.#model;
    const scope = new Scope(backend, 'activations');
    try {
      const normed = scope.own(await this.#model.normed(stream, this.#signal));
      let sum = 0;
      for (let row = 0; row < this.#targets.length; row += logitRows) {
        const targets = this.#targets.slice(row, row + logitRows);
        const logits = scope.own(await this.#model.logits(normed, row, targets.length, this.#signal));
        const index = scope.own(backend.upload(targets, [targets.length], 'u32', 'target ids'));
        const nll = scope.own(backend.crossEntropy(logits, index));
        for (const value of await backend.read(nll)) sum += value;
        scope.free(logits, index, nll);
      }
      return sum / this.#targets.length;
    } finally {
      scope.free();
    }
  }

  /** CKA of all pairs of block outputs, without the embedding. */
  #pairs(): Float32Array {
    const outputs = this.#grams.slice(1);
    return Float32Array.from(outputs.flatMap((a) => outputs.map((b) => linearCka(a, b))));
  }
}

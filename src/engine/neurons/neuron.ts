// Jobs on single neurons: orders, pairs, cells, strongest partners, the same pair in other tensors, and what drives a unit.
// Of the engine this room imports plans and the rooms that plans imports; it draws nothing.

import type { Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import { digest } from '../../digest';
import { type ActivationName, BlockInputs, blockActivations } from '../../llama/activations';
import { leaseBlocks } from '../../upscale/block/lease';
import { resolveGaps } from '../../upscale/expanding/gaps';
import { parentsOf } from '../../upscale/expanding/parents';
import { kindOf } from '../../llama/layer';
import { LlamaModel } from '../../llama/model';
import { cutWindows, checkTokenIds } from '../../llama/windows';
import { parseRecipe } from '../../upscale/recipe';
import type { Job, JobContext } from '../workspace/context';
import { progress } from '../workspace/context';
import { derivedTensors } from './derived';
import { RequestError, expectFinite } from '../jobs/errors';
import { continuationText } from '../../llama/continuation';
import { idsOf } from '../models/ids';
import type { NeuronDrivers, NeuronReport } from '../jobs';
import type { OpenModel } from '../workspace/open-model';
import type { NeuronRequest } from '../jobs';
import type { Workspace } from '../workspace/workspace';

const TOKENS = 512;
const MAX_TOKENS = 4096;
const TOP = 8;
const MAX_TOP = 64;
/** Tokens shown before and after the one that drives a unit. */
const CONTEXT = 8;
const UNITS: ActivationName = 'mlp.units';

/** Finds the tokens of a text that drive two MLP units, one of each block of a gap, and the units' correlation. */
export const neuron: Job<'neuron'> = async (workspace, request, context): Promise<NeuronReport> => {
  const { model, backend } = workspace;
  const { layers, intermediateSize } = model.config;
  const recipe = parseRecipe(request.recipe);
  resolveGaps([request.gap], layers, 'pair', recipe);
  const { previous, next } = parentsOf(request.gap, layers, recipe.parents);
  check(request, intermediateSize);
  const ids = await textOf(model, request);
  return withUnits(workspace, { previous, next, ids }, context, async (units) => {
    const scope = new Scope(backend);
    try {
      const valuesOf = async (tensor: Tensor, unit: number): Promise<Float32Array> => {
        const index = scope.own(backend.upload(Uint32Array.of(unit), [1], 'u32', 'unit'));
        const values = await backend.read(scope.own(backend.gather(tensor, index)));
        expectFinite(`activations of unit ${unit}`, values);
        return values;
      };
      const ofPrevious = await valuesOf(units.previous, request.row);
      const ofNext = await valuesOf(units.next, request.column);
      const top = request.top ?? TOP;
      const words = await tokenTextOf(model, ids);
      return {
        previous: { block: previous, unit: request.row, ...drivers(ofPrevious, top, words) },
        next: { block: next, unit: request.column, ...drivers(ofNext, top, words) },
        correlation: correlation(ofPrevious, ofNext),
        tokens: ids.length,
      };
    } finally {
      scope.free();
    }
  });
};

interface UnitsRequest {
  readonly previous: number;
  readonly next: number;
  readonly ids: Uint32Array;
}

/** Calls `work` with the activations `[units, tokens]` of both blocks, which are cached for the next pair. */
async function withUnits<T>(
  workspace: Workspace,
  { previous, next, ids }: UnitsRequest,
  context: JobContext,
  work: (units: { previous: Tensor; next: Tensor }) => Promise<T>,
): Promise<T> {
  const { backend, model, weights } = workspace;
  const { config } = model;
  const { signal } = context;
  const load = async (): Promise<ReadonlyMap<string, Tensor>> => {
    // Windows overlap by one token, which must be counted once.
    const windows = cutWindows(ids, config.context).map((window, i) =>
      i === 0 ? window : window.subarray(1),
    );
    const layers = LlamaModel.base(backend, config, weights).layers.slice(0, Math.max(previous, next) + 1);
    const base = new LlamaModel(backend, config, weights, layers);
    const inputs = await BlockInputs.of(base, windows, {
      signal,
      onProgress: progress(context, 'Reading the text', 0, 0.8),
    });
    const scope = new Scope(backend);
    try {
      const { blocks, release } = await leaseBlocks(weights, [previous, next], signal);
      try {
        const units = new Map<string, Tensor>();
        for (const [i, [name, index]] of (
          [
            ['previous', previous],
            ['next', next],
          ] as const
        ).entries()) {
          const block = blocks[i];
          if (!block) continue;
          const kind = kindOf(config, { kind: 'base', index });
          const of = { backend, config, block, kind };
          const seen = await blockActivations(of, inputs.at(index), [UNITS], signal);
          const activations = seen.get(UNITS);
          if (activations) units.set(name, scope.own(activations));
        }
        for (const tensor of units.values()) scope.release(tensor);
        return units;
      } finally {
        release();
      }
    } finally {
      scope.free();
      inputs.free();
    }
  };
  const key = `units ${previous} ${next} ${digest(ids.join(' '))}`;
  const bytes = 2 * 4 * config.intermediateSize * ids.length;
  const derived = derivedTensors(workspace);
  const units = await derived.acquire(key, bytes, load, signal);
  try {
    const [of, and] = [units.get('previous'), units.get('next')];
    if (!of || !and) throw new RequestError('neuron: expected activations of two blocks, got fewer');
    return await work({ previous: of, next: and });
  } finally {
    derived.release(key);
  }
}

/** Returns the tokens to read. @throws RequestError for a wrong number of tokens. */
async function textOf(model: OpenModel, request: NeuronRequest): Promise<Uint32Array> {
  const { maxTokens = TOKENS } = request;
  if (!(Number.isInteger(maxTokens) && maxTokens >= 2 && maxTokens <= MAX_TOKENS))
    throw new RequestError(`neuron: expected 2 to ${MAX_TOKENS} tokens to read, got ${maxTokens}`);
  const ids = checkTokenIds(await idsOf(model, request), model.config.vocabSize).slice(0, maxTokens);
  if (ids.length >= 2) return ids;
  throw new RequestError(
    `neuron: expected a text of at least 2 tokens, got ${ids.length}. Give a longer text.`,
  );
}

/** Returns the text of the tokens `start` … `end`, as they stand in the whole text. */
type TokenText = (start: number, end: number) => string;

async function tokenTextOf(model: OpenModel, ids: Uint32Array): Promise<TokenText> {
  const slice = (start: number, end: number): number[] => [
    ...ids.subarray(Math.max(0, start), Math.min(ids.length, end)),
  ];
  if (!model.info.hasTokenizer) return (start, end) => slice(start, end).join(' ');
  const tokenizer = await model.tokenizer();
  return (start, end) => {
    const made = slice(start, end);
    const text = continuationText(tokenizer, slice(start - CONTEXT, start), made);
    const [id, ...others] = made;
    const isPart = id !== undefined && others.length === 0 && text.includes('\uFFFD');
    return (isPart ? tokenizer.spell(id) : undefined) ?? text;
  };
}

function drivers(values: Float32Array, top: number, words: TokenText): Omit<NeuronDrivers, 'block' | 'unit'> {
  const { mean, deviation } = moments(values);
  const positions = Uint32Array.from(values.keys()).sort(
    (i, j) => Math.abs(values[j] ?? 0) - Math.abs(values[i] ?? 0) || i - j,
  );
  return {
    mean,
    deviation,
    top: Array.from(positions.subarray(0, top), (position) => ({
      position,
      token: words(position, position + 1),
      before: words(position - CONTEXT, position),
      after: words(position + 1, position + 1 + CONTEXT),
      value: values[position] ?? Number.NaN,
    })),
  };
}

function moments(values: Float32Array): { mean: number; deviation: number } {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/** Returns Pearson's correlation; NaN if one of them is constant. */
function correlation(x: Float32Array, y: Float32Array): number {
  const [ofX, ofY] = [moments(x), moments(y)];
  let sum = 0;
  for (const [i, value] of x.entries()) sum += (value - ofX.mean) * ((y[i] ?? Number.NaN) - ofY.mean);
  const spread = ofX.deviation * ofY.deviation;
  return spread > 0 ? sum / x.length / spread : Number.NaN;
}

function check({ row, column, top }: NeuronRequest, units: number): void {
  for (const [what, unit] of [
    ['row', row],
    ['column', column],
  ] as const) {
    if (Number.isInteger(unit) && unit >= 0 && unit < units) continue;
    throw new RequestError(`neuron: expected a ${what} among ${units} MLP units, got ${unit}`);
  }
  if (top === undefined || (Number.isInteger(top) && top >= 1 && top <= MAX_TOP)) return;
  throw new RequestError(`neuron: expected 1 to ${MAX_TOP} tokens to show, got ${top}`);
}

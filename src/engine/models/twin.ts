import type { Tensor } from '../../backend/operations';
import { allOrNone, Scope } from '../../backend/scope';
import type { Block } from '../../llama/block';
import { residentBlock } from '../../llama/block-handle';
import { evaluate } from '../../llama/evaluate';
import { HiddenStateCache } from '../../llama/hidden-state-cache';
import { LlamaModel } from '../../llama/model';
import { blockTensor } from '../../upscale/block/block-tensor';
import { leaseBlocks } from '../../upscale/block/lease';
import { ordered, randomOrder, shareFound } from '../../upscale/structured/block-order';
import { findOrder } from '../../upscale/structured/find-order';
import { RequestError, expectFinite } from '../jobs/errors';
import type { Twin } from '../jobs';
import type { Job, JobContext } from '../workspace/context';
import { progress } from '../workspace/context';
import type { Workspace } from '../workspace/workspace';
import { windowsOf } from './ids';
import { baseModel } from './requested-model';
import { now } from '../../now';

/** Measures a base block against its shuffled copy. */
export const measureTwin: Job<'twin'> = async (workspace, request, context): Promise<Twin> => {
  const started = now();
  const { block: index, seed = 0 } = request;
  const { backend, model, summary, weights } = workspace;
  const { config } = model;
  const base = baseModel(workspace);
  checkTwin(index, seed, config.layers);
  const windows = await windowsOf(model, request);
  const { signal } = context;
  const shared = new HiddenStateCache(backend);
  const lossOf = lossWith(workspace, base, { index, windows, shared }, context);
  const lease = await leaseBlocks(weights, [index], signal);
  const scope = new Scope(backend);
  const own = (made: ReadonlyMap<string, Tensor>): Block => {
    for (const tensor of made.values()) scope.own(tensor);
    return made;
  };
  try {
    const [block = new Map<string, Tensor>()] = lease.blocks;
    const secret = randomOrder(config, seed);
    const copy = own(ordered(backend, block, config, secret));
    const losses = {
      base: await lossOf(undefined, 'Evaluating the base'),
      copy: await lossOf(copy, 'Evaluating the copy'),
      average: await lossOf(own(averaged(workspace, block, copy)), 'Evaluating the average'),
    };
    const found = await findOrder(backend, { previous: copy, next: block }, config, {
      signal,
      onProgress: progress(context, 'Finding the order'),
    });
    const back = own(ordered(backend, copy, config, found));
    const aligned = own(averaged(workspace, block, back));
    return {
      block: index,
      seed,
      losses: { ...losses, aligned: await lossOf(aligned, 'Evaluating the aligned average') },
      found: {
        units: shareFound(secret.units, found.units),
        heads: shareFound(secret.heads, found.heads),
        values: shareFound(secret.values, found.values),
      },
      units: { copied: secret.units, back: found.units },
      tokens: windows.reduce((sum, ids) => sum + ids.length - 1, 0),
      backend: summary.kind,
      milliseconds: now() - started,
    };
  } finally {
    scope.free();
    shared.free();
    lease.release();
  }
};

/** @throws RequestError for a block or a seed that cannot be. */
export function checkTwin(index: number, seed: number, layers: number): void {
  if (!(Number.isInteger(index) && index >= 0 && index < layers))
    throw new RequestError(
      `twin: expected a block from 0 to ${layers - 1}, got ${index}. Choose one of the model's blocks.`,
    );
  if (!(Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff))
    throw new RequestError(`twin: expected a whole seed from 0 to 4294967295, got ${seed}. Choose another.`);
}

/** Returns a function that evaluates the base model, or with another block in the place of one of its own. */
export function lossWith(
  { backend, model: { config }, weights }: Workspace,
  base: LlamaModel,
  { index, windows, shared }: { index: number; windows: readonly Uint32Array[]; shared: HiddenStateCache },
  context: JobContext,
): (block: Block | undefined, label: string) => Promise<number> {
  return async (block, label) => {
    const layers = base.layers.map((layer, at) =>
      block && at === index ? ({ kind: 'new', like: index, block: residentBlock(block) } as const) : layer,
    );
    const { loss, nll } = await evaluate(new LlamaModel(backend, config, weights, layers), windows, {
      signal: context.signal,
      onProgress: progress(context, label),
      shared,
    });
    expectFinite('loss per token', nll);
    return loss;
  };
}

/** The mean of two blocks. The caller owns its tensors. */
function averaged({ backend }: Workspace, x: Block, y: Block): Map<string, Tensor> {
  return allOrNone(
    backend,
    undefined,
    (scope) =>
      new Map(
        [...x].map(([key, tensor]) => [
          key,
          scope.own(backend.weightedSum(tensor, 0.5, blockTensor(y, key), 0.5)),
        ]),
      ),
  );
}

import { Scope } from '../../backend/scope';
import { HiddenStateCache } from '../../llama/hidden-state-cache';
import { leaseBlocks } from '../../upscale/block/lease';
import { ordered, partOrder, withMixedRows } from '../../upscale/structured/block-order';
import type { Shuffled } from '../jobs';
import type { Job } from '../workspace/context';
import { windowsOf } from './ids';
import { baseModel } from './requested-model';
import { checkTwin, lossWith } from './twin';

/** Measures a base block with one part of it shuffled, to see whether the block computes the same. */
export const measureShuffled: Job<'shuffled'> = async (workspace, request, context): Promise<Shuffled> => {
  const { block: index, seed = 0, part } = request;
  const { backend, model, weights } = workspace;
  const { config } = model;
  const base = baseModel(workspace);
  checkTwin(index, seed, config.layers);
  const windows = await windowsOf(model, request);
  const shared = new HiddenStateCache(backend);
  const lossOf = lossWith(workspace, base, { index, windows, shared }, context);
  const lease = await leaseBlocks(weights, [index], context.signal);
  const scope = new Scope(backend);
  try {
    const [block = new Map()] = lease.blocks;
    const copy =
      part === 'rows'
        ? withMixedRows(backend, block, config, seed)
        : ordered(backend, block, config, partOrder(config, part, seed));
    for (const tensor of copy.values()) scope.own(tensor);
    return {
      base: await lossOf(undefined, 'Evaluating the base'),
      shuffled: await lossOf(copy, 'Evaluating the copy'),
      tokens: windows.reduce((sum, ids) => sum + ids.length - 1, 0),
    };
  } finally {
    scope.free();
    shared.free();
    lease.release();
  }
};

import type { Recipe } from '../../recipe/schema';
import { Solutions } from '../../transport/solutions';
import type { ExpandOptions } from '../../upscale/expanding/expand';
import type { Expansion } from '../../upscale/expanding/expansion';
import { features } from './features';
import type { CacheKey, Workspace } from '../workspace/workspace';

/** Transport problems solved so far, which recipes may have in common. */
const solutions: CacheKey<Solutions> = {
  make: ({ backend }) => new Solutions(backend),
  clear: (kept) => kept.free(),
};

/** The expansion made last, by what decides it. */
const lastMade: CacheKey<{ made?: { readonly key: string; readonly expansion: Expansion } }> = {
  make: () => ({}),
  clear(last) {
    last.made?.expansion.free();
    delete last.made;
  },
};

/**
 * The new blocks of a recipe. They are kept until another recipe's are asked for, so that evaluating, exporting and
 * generating do not make them again; they stay the workspace's.
 */
export async function expansionOf(
  workspace: Workspace,
  recipe: Recipe,
  options: Pick<ExpandOptions, 'signal' | 'onProgress'>,
): Promise<Expansion> {
  const { version: _, model: __, training: ___, ...deciding } = recipe;
  const key = JSON.stringify(deciding);
  const last = workspace.get(lastMade);
  if (last.made?.key === key) return last.made.expansion;
  lastMade.clear(last);
  // Fetched when first used: the first picture needs no new block.
  const { expand } = await import('../../upscale/expanding/expand');
  const expansion = await workspace.get(features).useFor(recipe, options, (found) =>
    expand(workspace.backend, workspace.weights, recipe, {
      ...options,
      features: found,
      solutions: workspace.get(solutions),
    }),
  );
  last.made = { key, expansion };
  return expansion;
}

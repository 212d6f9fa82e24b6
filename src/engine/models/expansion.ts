import type { Recipe } from '../../recipe/schema';
import { SolutionCache } from '../../transport/solution-cache';
import type { ExpandOptions } from '../../upscale/expanding/expand';
import type { Expansion } from '../../upscale/expanding/expansion';
import { features } from './features';
import type { CacheKey, Workspace } from '../workspace/workspace';

/** Solved transport problems, which several recipes may share. */
const solutions: CacheKey<SolutionCache> = {
  make: ({ backend }) => new SolutionCache(backend),
  clear: (kept) => kept.free(),
};

/** The last expansion, and the key of what it depends on. */
const lastMade: CacheKey<{ made?: { readonly key: string; readonly expansion: Expansion } }> = {
  make: () => ({}),
  clear(last) {
    last.made?.expansion.free();
    delete last.made;
  },
};

/**
 * Makes the new blocks of a recipe, or returns those made last if the recipe is the same. The workspace owns them, and frees
 * them when another recipe is requested.
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
  // Imported on first use, because the first picture needs no new block.
  const { expand } = await import('../../upscale/expanding/expand');
  const expansion = await workspace.get(features).useFor(recipe, options, (found) =>
    expand(workspace.backend, workspace.weights, recipe, {
      ...options,
      features: found,
      solutions: workspace.get(solutions),
      scratch: workspace.scratch,
    }),
  );
  last.made = { key, expansion };
  return expansion;
}

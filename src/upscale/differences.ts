import type { MethodId, Recipe } from '../recipe/schema';
import { isLayout } from './contract/method';
import { methodOf } from './methods';
import { zeroInitOf } from './methods/resolve';

/** Method name without `:zero`, because zeroing is compared separately. */
const family = (method: MethodId): string => method.replace(/:zero$/, '');

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * Lists the settings in which two recipes differ: `method`, `zeroing`, `gaps`, `solver.epsilon` … If there are two or more,
 * a difference in results has no single cause. The missing gaps of a layout method count as part of `method`.
 */
export function differences(a: Recipe, b: Recipe): string[] {
  const found: string[] = [];
  const compare = (name: string, x: unknown, y: unknown): void => {
    if (!same(x, y)) found.push(name);
  };
  compare('model', a.model, b.model);
  compare('method', family(a.method), family(b.method));
  compare('zeroing', zeroInitOf(a), zeroInitOf(b));
  if (![a, b].some(({ method }) => isLayout(methodOf(method)))) {
    compare('gaps', a.gaps, b.gaps);
    compare('parents', Object.entries(a.parents).toSorted(), Object.entries(b.parents).toSorted());
    if (a.gaps === 'spread' && b.gaps === 'spread') compare('group', a.group, b.group);
  }
  compare('alpha', a.alpha, b.alpha);
  compare('slices', a.slices, b.slices);
  compare('dtype', [a.dtype, a.outDtype], [b.dtype, b.outDtype]);
  compareFields('solver', a.solver, b.solver, compare);
  compareFields('cost', costOf(a, b), costOf(b, a), compare);
  compareFields('structured', a.structured, b.structured, compare);
  compareFields('training', a.training, b.training, compare);
  compare('seed', a.seed, b.seed);
  return found;
}

/** The cost settings to compare. Text and tokens count only if both recipes compare activations. */
function costOf({ cost }: Recipe, { cost: other }: Recipe): Partial<Recipe['cost']> {
  const { text: _, tokens: __, ...made } = cost;
  return cost.features === 'activations' && other.features === 'activations' ? cost : made;
}

function compareFields<T extends object>(
  name: string,
  a: T,
  b: T,
  compare: (name: string, x: unknown, y: unknown) => void,
): void {
  for (const key of Object.keys(a) as (keyof T & string)[]) compare(`${name}.${key}`, a[key], b[key]);
}

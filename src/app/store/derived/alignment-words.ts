import { gapName } from '../../methods/block-names';
import { methodInfo } from '../../methods/methods';
import { againstWords } from '../../words/against';
import { quantity } from '../../words/numbers';
import type { WithAlign } from '../state/align';
import type { WithModel } from '../state/model';
import type { WithSecond } from '../state/second';

/** Short name of the first or the second alignment: method, ε, tensor and gap. */
export function alignmentWords(
  { align, second, model }: WithAlign & WithSecond & WithModel,
  side: 'a' | 'b',
): string {
  const { subject, result } = side === 'a' ? align : second;
  if (subject === undefined || model.info === undefined) return '';
  const { gap, tensor, method, against } = subject;
  const epsilon = result?.plan === 'entropic' ? `ε ${quantity(result.epsilon, 3)}` : undefined;
  return [againstWords(against), methodInfo(method).short, epsilon, tensor, gapName(gap, model.info.layers)]
    .filter(Boolean)
    .join(' · ');
}

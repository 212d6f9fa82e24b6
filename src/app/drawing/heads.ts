import type { ModelInfo } from '../../engine/jobs';
import type { TensorName } from '../../recipe/view';

/** How the rows of q, k or v are divided into heads. */
export interface Heads {
  readonly count: number;
  readonly headDim: number;
  /** The KV group of a head; for k and v the head itself. */
  group(head: number): number;
  /** Names from long to short, such as `KV 0 · head 1`. */
  names(head: number): readonly string[];
  /** True if RoPE rotates dimension j of a head together with j + headDim / 2 (Hugging Face's layout). */
  readonly rotary: boolean;
}

/** The heads of a tensor; undefined if its rows belong to no head. */
export function headsOf(
  tensor: TensorName,
  { heads, kvHeads, headDim }: Pick<ModelInfo, 'heads' | 'kvHeads' | 'headDim'>,
): Heads | undefined {
  if (tensor === 'q')
    return {
      count: heads,
      headDim,
      group: (head) => Math.floor((head * kvHeads) / heads),
      names: (head) => [
        `KV ${Math.floor((head * kvHeads) / heads)} · head ${head}`,
        `head ${head}`,
        `${head}`,
      ],
      rotary: true,
    };
  if (tensor === 'k' || tensor === 'v')
    return {
      count: kvHeads,
      headDim,
      group: (head) => head,
      names: (head) => [`KV head ${head}`, `KV ${head}`, `${head}`],
      rotary: tensor === 'k',
    };
  return undefined;
}

/** The dimension that RoPE rotates together with this one; undefined if it is not rotated. */
export function rotaryPartner(index: number, heads: Heads | undefined): number | undefined {
  if (!heads?.rotary) return undefined;
  const half = heads.headDim / 2;
  return index % heads.headDim < half ? index + half : index - half;
}

/** Ten distinguishable hues (Observable 10). */
const HUES = '#4269d0 #efb118 #ff725c #6cc5b0 #3ca951 #ff8ab7 #a463f2 #97bbf5 #9c6b4e #9498a0'.split(' ');

/** Tint of a head: one hue per KV group, with alternating opacity within a group. */
export function headTint(heads: Heads, head: number): { readonly colour: string; readonly opacity: number } {
  const group = heads.group(head);
  const alone = heads.group(head - 1) !== group && heads.group(head + 1) !== group;
  return {
    colour: HUES[group % HUES.length] ?? '#888888',
    opacity: alone || head % 2 === 0 ? 0.42 : 0.24,
  };
}

/** Colours that are distinguishable with red-green colour blindness (Okabe and Ito, 2008). */
export const ARM_COLOURS = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#8c6bb1',
  '#6b7280',
] as const;

/** Lengths of strokes and gaps in pixels; the first pattern is a solid line. */
const DASHES = [[], [7, 3], [2, 2.5], [9, 2.5, 2, 2.5]] as const;

export interface ArmStyle {
  readonly colour: string;
  readonly dash: readonly number[];
}

/** Line style of the arm at `index`: first the colours, then the same colours with other dashes. Repeats after 32 arms. */
export function armStyle(index: number): ArmStyle {
  const size = ARM_COLOURS.length;
  return {
    colour: ARM_COLOURS[index % size] ?? ARM_COLOURS[0],
    dash: DASHES[Math.floor(index / size) % DASHES.length] ?? [],
  };
}

/** What of a block the activity on symmetries shuffles; the engine's names. */
export const PARTS = ['units', 'groups', 'values', 'rows'] as const;
export type ShuffledPart = (typeof PARTS)[number];

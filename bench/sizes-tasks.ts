/** Jobs that `npm run bench -- sizes` measures on models of published shapes. */
export const TASKS = {
  plan: 'open to first plan',
  gap: 'one gap aligned, seven tensors',
  upscale: 'top up-scale to a sink',
  evaluate: '256 tokens evaluated',
} as const;

export type Task = keyof typeof TASKS;

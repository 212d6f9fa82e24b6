/** Settings in which arms can differ, as `differences` of two recipes names them, in words. */
const WORDS: Readonly<Record<string, string>> = {
  model: 'model',
  text: 'text',
  backend: 'backend',
  method: 'method',
  zeroing: 'zero start',
  gaps: 'gaps',
  parents: 'parents',
  group: 'size of the groups',
  alpha: 'α',
  slices: 'slices',
  dtype: 'dtype of the checkpoint',
  'solver.kind': 'solver',
  'solver.epsilon': 'ε',
  'solver.spread': 'ε as a share of the cost’s spread',
  'solver.targetPerplexity': 'target plan perplexity',
  'solver.tolerance': 'tolerance of the solver',
  'solver.maxIterations': 'cap on iterations',
  'solver.acceleration': 'acceleration of the solver',
  'solver.rho': 'ρ',
  'solver.steps': 'steps of ProgOT',
  'solver.schedule': 'schedule of ProgOT',
  'cost.metric': 'metric of the cost',
  'cost.rows': 'scale of the rows',
  'cost.scale': 'scale of the cost',
  'cost.features': 'weights or activations in the cost',
  'cost.text': 'text of the activations',
  'cost.tokens': 'tokens of the activations',
  'structured.rotate': 'rotation of rotary pairs',
  'structured.repairNorms': 'repair of norms',
  'structured.down': 'down_proj in the cost of MLP units',
  'training.trains': 'trained blocks',
  'training.tensors': 'trained tensors',
  'training.embedding': 'training of the embedding',
  'training.finalNorm': 'training of the final norm',
  'training.head': 'training of the head',
  'training.steps': 'training steps',
  'training.tuningSteps': 'tuning steps',
  'training.batch': 'windows per batch',
  'training.accumulation': 'batches per step',
  'training.context': 'tokens per window',
  'training.rate': 'learning rate',
  'training.schedule': 'schedule of the learning rate',
  'training.warmup': 'warm-up',
  'training.decay': 'decay',
  'training.weightDecay': 'weight decay',
  'training.betas': 'betas of AdamW',
  'training.eps': 'eps of AdamW',
  'training.clip': 'clipping of gradients',
  'training.seed': 'seed of the batches',
  seed: 'seed',
};

const list = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** Names a setting in which two arms differ: `solver.kind` → solver. A setting without words keeps its name. */
export const differenceName = (setting: string): string => WORDS[setting] ?? setting;

/** `differs from the reference in method`, `3 things differ from the reference: method, zero start and solver`. */
export function differenceText(settings: readonly string[]): string {
  const names = list.format(settings.map(differenceName));
  return settings.length > 1
    ? `${settings.length} things differ from the reference: ${names}`
    : `differs from the reference in ${names}`;
}

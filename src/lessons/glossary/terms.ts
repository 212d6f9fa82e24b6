/** Small pictures that the page draws beside an entry. */
export type PictureName =
  | 'assignment'
  | 'block'
  | 'cost'
  | 'gap'
  | 'group'
  | 'half-step'
  | 'order'
  | 'parents'
  | 'plan'
  | 'sharpness'
  | 'unit'
  | 'warm-up'
  | 'zero-start';

/** What an entry of the glossary has in every language. Its words are in one file per language. */
interface Term {
  /** True if the word stands on the page, where it is explained at its first use in a view. */
  readonly page: boolean;
  readonly formula?: string;
  readonly picture?: PictureName;
  /** Id of the lesson that shows it. */
  readonly lesson?: string;
}

/** Every entry of the glossary, by its id. */
export const TERMS = {
  ablation: { page: true, lesson: 'why-deeper' },
  activations: { page: true, lesson: 'no-order' },
  adamw: { page: true },
  adapter: { page: false },
  agreement: { page: true, lesson: 'alignment-or-shrinking' },
  alpha: { page: true, formula: 'W = α·moved(Wₚᵣₑᵥ) + (1 − α)·Wₙₑₓₜ', lesson: 'alignment-or-shrinking' },
  anderson: { page: true },
  arm: { page: true, lesson: 'race' },
  assignment: { page: true, picture: 'assignment', lesson: 'no-order' },
  'attention-entropy': { page: true },
  backend: { page: true },
  band: { page: false },
  bandwidth: { page: true },
  base: { page: true, lesson: 'why-deeper' },
  block: { page: true, picture: 'block', lesson: 'why-deeper' },
  cell: { page: true },
  cka: { page: true },
  clip: { page: true },
  cosine: { page: true, formula: 'cos(a, b) = a·b / (‖a‖ ‖b‖)', lesson: 'alignment-or-shrinking' },
  cost: { page: true, formula: 'Mᵢⱼ = ‖Aᵢ − Bⱼ‖', lesson: 'by-hand' },
  'cost-matrix': { page: true, picture: 'cost', lesson: 'by-hand' },
  'deeper-model': { page: true, lesson: 'make-one' },
  'distance-of-blocks': { page: true },
  dtype: { page: true, lesson: 'make-one' },
  epsilon: { page: true, formula: 'min ⟨T, M⟩ − ε·H(T)', lesson: 'epsilon' },
  excess: { page: true, formula: 'mass: T − T₀; cost: 1 − M/M₀', lesson: 'alignment-or-shrinking' },
  frozen: { page: true, lesson: 'where' },
  gap: { page: true, picture: 'gap', lesson: 'where' },
  gradient: { page: true },
  'half-step': { page: true, picture: 'half-step', lesson: 'by-hand' },
  head: { page: true, lesson: 'symmetries' },
  'held-out-loss': { page: true, lesson: 'race' },
  hub: { page: true },
  iteration: { page: true, lesson: 'by-hand' },
  job: { page: false },
  kernel: { page: true },
  'key-value-head': { page: true, picture: 'group', lesson: 'symmetries' },
  kl: { page: true, formula: 'KL(p ‖ q) = Σ p·log(p/q)' },
  'learning-rate': { page: true },
  lease: { page: false },
  'logit-difference': { page: true, lesson: 'why-deeper' },
  'logit-lens': { page: true },
  loss: { page: true, formula: 'loss = −mean log p(next token)', lesson: 'why-deeper' },
  'loss-mask': { page: true },
  'marginal-error': { page: true, formula: 'Σⱼ |Σᵢ Tᵢⱼ − 1/n|', lesson: 'by-hand' },
  marginals: { page: true, formula: 'Σⱼ Tᵢⱼ = Σᵢ Tᵢⱼ = 1/n', lesson: 'by-hand' },
  mass: { page: true, formula: 'Σⱼ n·Tᵢⱼ = 1', lesson: 'by-hand' },
  'matched-mass': {
    page: true,
    formula: 'max over σ of Σᵢ T(i, σ(i))',
    picture: 'assignment',
    lesson: 'no-order',
  },
  method: { page: true, lesson: 'make-one' },
  neuron: { page: true, lesson: 'no-order' },
  'norm-kept': { page: true, formula: '‖n·Tᵀ·A‖ / ‖A‖', lesson: 'alignment-or-shrinking' },
  null: { page: true, lesson: 'no-order' },
  order: { page: true, picture: 'order', lesson: 'no-order' },
  'output-projections': { page: true, picture: 'block', lesson: 'why-deeper' },
  parents: { page: true, picture: 'parents', lesson: 'where' },
  perplexity: { page: true, formula: 'exp(loss)' },
  picture: { page: false },
  plan: { page: true, picture: 'plan', lesson: 'by-hand' },
  'plan-perplexity': { page: true, formula: 'exp(mean H(n·Tᵢ))', picture: 'sharpness', lesson: 'epsilon' },
  pooling: { page: true },
  potentials: { page: true, formula: 'n·Tᵢⱼ = n·exp((fᵢ + gⱼ − Mᵢⱼ)/ε)', lesson: 'by-hand' },
  preset: { page: true },
  progot: { page: true },
  race: { page: true, lesson: 'race' },
  recipe: { page: true, lesson: 'make-one' },
  reference: { page: true, lesson: 'race' },
  'relative-distance': { page: true },
  'residual-change': { page: true, formula: '‖output − input‖ / ‖input‖', lesson: 'where' },
  'residual-stream': { page: true, picture: 'block', lesson: 'why-deeper' },
  retention: { page: true, lesson: 'race' },
  rho: { page: true },
  rmsnorm: { page: true, formula: 'x / √mean(x²) · γ', lesson: 'symmetries' },
  rotary: { page: true, lesson: 'symmetries' },
  seed: { page: true, lesson: 'race' },
  sharpness: { page: true, picture: 'sharpness', lesson: 'epsilon' },
  'shuffled-copy': { page: true, lesson: 'no-order' },
  solver: { page: true },
  'standard-error': { page: true, lesson: 'race' },
  store: { page: false },
  temperature: { page: true },
  tensor: { page: true, lesson: 'symmetries' },
  token: { page: true },
  'top-p': { page: true },
  'transport-cost': { page: true, formula: '⟨T, M⟩ = Σᵢⱼ Tᵢⱼ·Mᵢⱼ', lesson: 'by-hand' },
  'transport-flow': { page: false },
  unbalanced: { page: true },
  unit: { page: true, formula: 'silu(gate·x) · (up·x)', picture: 'unit', lesson: 'symmetries' },
  variant: { page: false },
  view: { page: false },
  'warm-up': { page: true, picture: 'warm-up' },
  'weight-decay': { page: true },
  window: { page: true },
  'zero-start': { page: true, picture: 'zero-start', lesson: 'why-deeper' },
} as const satisfies Readonly<Record<string, Term>>;

export type TermId = keyof typeof TERMS;

/** The entry of an id, without its words. */
export const termOf = (id: TermId): Term => TERMS[id];

/** Words of the glossary in one language. */
export interface GlossaryWords {
  /** By id: the term as the page writes it, and its meaning in two lines. */
  readonly entries: Readonly<Record<TermId, readonly [term: string, meaning: string]>>;
  /** Words around the entries. */
  readonly lesson: string;
  readonly glossary: string;
  readonly find: string;
  readonly none: string;
  /** How many entries of all are listed. */
  readonly listed: (found: number, all: number) => string;
}

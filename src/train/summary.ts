/** Final losses of one arm with one seed; null if not measured or if the arm failed. */
export interface RaceRow {
  readonly arm: string;
  readonly title: string;
  readonly seed: number;
  readonly heldout: number | null;
  readonly retention: number | null;
}

/** Mean over seeds and its standard error (null for one seed). */
export interface Spread {
  readonly mean: number;
  readonly standardError: number | null;
  readonly seeds: number;
}

export interface ArmSummary {
  readonly arm: string;
  readonly title: string;
  readonly heldout: Spread | null;
  readonly retention: Spread | null;
  /** Held-out loss minus the reference's with the same seed; `inStandardErrors` is its mean divided by its standard error. */
  readonly difference: (Spread & { readonly inStandardErrors: number | null }) | null;
  /** True if the difference is significant at the 5 % level (Student's t, paired by seed). */
  readonly told: boolean;
}

/** Two-sided 5 % critical values of Student's t for 1 … 10 degrees of freedom. More degrees use the last, which is conservative. */
const STUDENT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

/** Returns how many of its standard errors a difference must exceed to be significant with so many seeds. */
export const criticalT = (seeds: number): number =>
  STUDENT[Math.min(seeds - 1, STUDENT.length) - 1] ?? Infinity;

/** Summarises arms over seeds, lowest mean held-out loss first, arms without one last. */
export function summarise(rows: readonly RaceRow[], reference: string): ArmSummary[] {
  const of = (arm: string): RaceRow[] => rows.filter((row) => row.arm === arm);
  const baseline = new Map(of(reference).map(({ seed, heldout }) => [seed, heldout]));
  const arms = [...new Set(rows.map(({ arm }) => arm))].map((arm): ArmSummary => {
    const own = of(arm);
    const differences = own.flatMap(({ seed, heldout }) => {
      const other = baseline.get(seed) ?? null;
      return heldout === null || other === null ? [] : [heldout - other];
    });
    const difference = arm === reference ? null : spread(differences);
    const error = difference?.standardError ?? null;
    const inStandardErrors = difference && error ? difference.mean / error : null;
    const needed = criticalT(differences.length);
    return {
      arm,
      title: own[0]?.title ?? arm,
      heldout: spread(own.flatMap(({ heldout }) => heldout ?? [])),
      retention: spread(own.flatMap(({ retention }) => retention ?? [])),
      difference: difference && { ...difference, inStandardErrors },
      told: inStandardErrors !== null && Math.abs(inStandardErrors) > needed,
    };
  });
  return arms.toSorted((a, b) => (a.heldout?.mean ?? Infinity) - (b.heldout?.mean ?? Infinity));
}

function spread(values: readonly number[]): Spread | null {
  const seeds = values.length;
  if (seeds === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / seeds;
  if (seeds === 1) return { mean, standardError: null, seeds };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (seeds - 1);
  return { mean, standardError: Math.sqrt(variance / seeds), seeds };
}

/** Returns a text that says what a race shows and what it does not. */
export function conclusion(
  summary: readonly ArmSummary[],
  reference: string,
  { seeds, steps, tokens }: { seeds: number; steps: number; tokens: number },
): string {
  const title = summary.find(({ arm }) => arm === reference)?.title ?? reference;
  const limits = `One model, one text, ${steps} ${steps === 1 ? 'step' : 'steps'} of ${tokens} tokens: it does not say what would be at other sizes, texts or budgets.`;
  if (seeds < 2)
    return `With one seed the spread between seeds is not known, so no difference between these arms should be believed. ${limits}`;
  const compared = summary.filter(({ difference }) => difference);
  const names = (arms: readonly ArmSummary[]): string => arms.map((arm) => arm.title).join(', ');
  const lower = compared.filter(({ told, difference }) => told && (difference?.mean ?? 0) < 0);
  const higher = compared.filter(({ told, difference }) => told && (difference?.mean ?? 0) > 0);
  const alike = compared.filter(({ told }) => !told);
  const parts = [
    ...(lower.length > 0 ? [`lower held-out loss: ${names(lower)}`] : []),
    ...(higher.length > 0 ? [`higher: ${names(higher)}`] : []),
    ...(alike.length > 0 ? [`not told apart: ${names(alike)}`] : []),
  ];
  return (
    `Against ${title}, over ${seeds} seeds — ${parts.join('; ') || 'no other arm was measured'}. ` +
    `Of ${compared.length} such comparisons one in twenty would be told apart by chance. ${limits}`
  );
}

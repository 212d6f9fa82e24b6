import type { ComparisonId } from '../../recipe/view';
import { planOf } from '../methods/methods';
import { count, fixed } from '../words/numbers';
import type { ArmRow } from './rows';

/** What the evaluated arms show, in words. */
export interface Verdict {
  readonly title: string;
  readonly sentences: readonly string[];
}

/** The question that a comparison asks, while nothing is evaluated. */
const QUESTIONS: Readonly<Record<ComparisonId, string>> = {
  methods: 'Which method disturbs the model least at these gaps?',
  paper: 'What do the methods of the paper’s table do to the model?',
  alignment: 'Does it help to match neurons, or only to make the weights smaller?',
  positions: 'Where does the model mind a new block least?',
};

type Measured = ArmRow & { readonly delta: number };

const change = ({ delta }: Measured) => (delta === 0 ? '0' : `${delta > 0 ? '+' : ''}${fixed(delta, 4)}`);
const name = ({ title }: ArmRow) => `“${title}”`;
const arms = (n: number) => `${n} ${n === 1 ? 'arm' : 'arms'}`;

/** Says what the chosen arms show. Losses are differences from the base's. */
export function verdictOf(comparison: ComparisonId, rows: readonly ArmRow[]): Verdict {
  const chosen = rows.filter((row) => row.chosen && row.recipe !== null && row.file === undefined);
  const measured = chosen.flatMap((row): Measured[] =>
    row.values.delta !== undefined && Number.isFinite(row.values.delta)
      ? [{ ...row, delta: row.values.delta }]
      : [],
  );
  if (measured.length === 0)
    return {
      title: QUESTIONS[comparison],
      sentences: [
        chosen.length === 0
          ? 'No arm is chosen: check some in the table.'
          : `Nothing is evaluated yet: ${arms(chosen.length)} and the base, on the same text.`,
      ],
    };
  const equal = measured.filter((row) => row.equalsBase);
  const others = measured
    .filter((row) => !row.equalsBase)
    .toSorted((a, b) => Math.abs(a.delta) - Math.abs(b.delta));
  const missing = chosen.length - measured.length;
  const tokens = measured[0]?.saved?.result.tokens;
  return {
    title: titleOf(comparison, others),
    sentences: [
      ...othersWords(others),
      ...equalWords(equal),
      ...(missing > 0 ? [`${arms(missing)} of ${chosen.length} without a number.`] : []),
      `${tokens === undefined ? 'One text' : `${count(tokens)} predictions on one text`}, one seed, nothing trained.`,
    ],
  };
}

function titleOf(comparison: ComparisonId, others: readonly Measured[]): string {
  const [nearest] = others;
  if (nearest === undefined) return 'All evaluated arms compute what the base computes';
  if (comparison === 'alignment') {
    const matched = others.filter(({ recipe }) => recipe !== null && planOf(recipe) !== 'none');
    const control = others.find((row) => !matched.includes(row));
    if (control !== undefined && matched.length > 0) {
      const better = matched.filter(({ delta }) => Math.abs(delta) < Math.abs(control.delta)).length;
      return `${better} of ${matched.length} arms that match neurons ${better === 1 ? 'stays' : 'stay'} nearer to the base than ${name(control)}, which matches none`;
    }
  }
  return `Nearest to the base: ${name(nearest)}, ${change(nearest)}`;
}

function othersWords(others: readonly Measured[]): string[] {
  const [nearest] = others;
  const farthest = others.at(-1);
  if (nearest === undefined || farthest === undefined) return [];
  if (nearest === farthest)
    return [`${name(nearest)} changes the loss by ${change(nearest)} nats per token.`];
  return [
    `Of ${arms(others.length)} that change the model, ${name(nearest)} changes the loss least (${change(nearest)} nats per token), ${name(farthest)} most (${change(farthest)}).`,
  ];
}

function equalWords(equal: readonly Measured[]): string[] {
  if (equal.length === 0) return [];
  const broken = equal.filter(({ values, delta }) => delta !== 0 || (values.logits ?? 0) !== 0).length;
  if (broken > 0)
    return [
      `${broken} of ${equal.length} zeroed arms should compute what the base computes and ${broken === 1 ? 'does' : 'do'} not: the backend is at fault. Evaluate them on the CPU.`,
    ];
  return [
    `${equal.length === 1 ? '1 zeroed arm computes' : `${equal.length} zeroed arms compute`} exactly what the base computes; only training can tell them apart.`,
  ];
}

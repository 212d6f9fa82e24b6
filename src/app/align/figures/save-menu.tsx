import { useState } from 'react';
import { ActionButton } from '../../controls/action-button';
import type { Jobs } from '../../../engine/jobs';
import { Busy } from '../../controls/busy';
import { useApp, useAppState } from '../../store/use-app';
import type { AppState } from '../../store/app';
import { makeFigure } from './make-figure';
import type { FigureKind } from './words';
import { FIGURES } from './words';
import { saveFigure } from '../../figure/write';
import '../../styles/save.css';

const FIGURE_WORDS: Readonly<Record<FigureKind, string>> = {
  picture: 'Picture',
  ribbons: 'Ribbons',
  curves: 'Curves of the solve',
  tower: 'Tower with its measure',
};

/** Returns why a figure cannot be saved now; undefined if it can. */
function figureProblem(state: AppState, kind: FigureKind): string | undefined {
  const { align, picture, ribbons, view } = state;
  switch (kind) {
    case 'picture':
      return picture.shown === undefined && view.panes === 'off' ? 'There is no picture yet' : undefined;
    case 'ribbons':
      return view.ribbons && ribbons.shown ? undefined : 'Choose “ribbons” first';
    case 'curves':
      return (align.result?.errors.length ?? 0) > 1 ? undefined : 'Nothing was iterated';
    case 'tower':
      return undefined;
  }
}

type ArrayKind = Jobs['save']['args']['what'];

const ARRAYS: readonly { what: ArrayKind; label: string }[] = [
  { what: 'cost', label: 'Cost' },
  { what: 'plan', label: 'Plan' },
  { what: 'potentials', label: 'Potentials f, g' },
];

/** Returns why an array cannot be saved now; undefined if it can. */
function arrayProblem({ align }: AppState, what: ArrayKind): string | undefined {
  if (align.phase !== 'ready' || align.key === undefined) return 'The solve has not finished';
  const plan = align.result?.plan;
  if (what === 'plan' && plan === 'none') return 'This method has no plan of this tensor';
  if (what === 'potentials' && plan !== 'entropic') return 'Only Sinkhorn has potentials';
  return undefined;
}

interface ItemProps {
  readonly title: string;
  readonly formats: readonly string[];
  readonly reason: string | undefined;
  readonly onSave: (format: string) => void;
}

/** One entry of the menu, with a button per file format. */
function Item({ title, formats, reason, onSave }: ItemProps) {
  return (
    <div className="save-item">
      <span>{title}</span>
      <span className="row tight">
        {formats.map((format) => (
          <ActionButton
            key={format}
            className="button"
            aria-label={`${title} as ${format}`}
            unavailable={reason}
            onClick={() => onSave(format)}
          >
            {format}
          </ActionButton>
        ))}
      </span>
    </div>
  );
}

/** Menu to save figures and arrays of what is on show. */
export function SaveMenu() {
  const { store, arrays } = useApp();
  const [problem, setProblem] = useState('');
  const problems = useAppState((state) =>
    [
      ...FIGURES.map((kind) => figureProblem(state, kind) ?? ''),
      ...ARRAYS.map(({ what }) => arrayProblem(state, what) ?? ''),
    ].join('|'),
  ).split('|');
  const saving = useAppState((state) => state.arrays);
  const reasonOf = (index: number) => problems[index] || undefined;

  async function save(kind: FigureKind, format: 'png' | 'svg'): Promise<void> {
    setProblem('');
    try {
      const made = makeFigure(store.getState(), kind);
      if (made === undefined) setProblem('There is nothing to draw yet. Wait for the picture and try again.');
      else await saveFigure(made, format);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }

  const failure = saving.failure?.message ?? problem;
  return (
    <div className="save-menu">
      <h2>Figures for print</h2>
      {FIGURES.map((kind, i) => (
        <Item
          key={kind}
          title={FIGURE_WORDS[kind]}
          formats={['PNG', 'SVG']}
          reason={reasonOf(i)}
          onSave={(format) => void save(kind, format === 'PNG' ? 'png' : 'svg')}
        />
      ))}
      <p className="hint">
        One column wide (88.9 mm), PNG at 300 dpi, with caption and recipe below and inside the file.
      </p>
      <h2>Numbers</h2>
      {ARRAYS.map(({ what, label }, i) => (
        <Item
          key={what}
          title={label}
          formats={['.npy']}
          reason={reasonOf(FIGURES.length + i)}
          onSave={() => void arrays.save(what)}
        />
      ))}
      {saving.saving && (
        <Busy label={`Saving ${saving.saving}`} progress={saving.progress} onCancel={arrays.cancel} />
      )}
      {failure && (
        <p className="problem" role="alert">
          {failure}
        </p>
      )}
      <h2>Paper</h2>
      <div className="save-item">
        <span>The picture alone</span>
        <button type="button" className="button" onClick={() => print()}>
          Print…
        </button>
      </div>
    </div>
  );
}

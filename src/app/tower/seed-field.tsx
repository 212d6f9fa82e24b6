import { useId } from 'react';
import { TermMark } from '../glossary/term';
import { NumberField } from '../controls/number-field';
import { useApp, useAppState } from '../store/use-app';

const HIGHEST = 0xffffffff;

function readSeed(text: string): number | undefined {
  return /^\d+$/.test(text.trim()) && Number(text) <= HIGHEST ? Number(text) : undefined;
}

/** Field for the seed of the initial potentials. @param hint id of the element that explains it. */
export function SeedField({ hint }: { hint: string }) {
  const { recipe } = useApp();
  const seed = useAppState((state) => state.recipe.current.seed);
  const id = useId();
  return (
    <div className="field stacked" data-control="seed">
      <span className="labelled">
        <label htmlFor={id}>Seed</label>
        <TermMark id="seed" />
      </span>
      <NumberField
        id={id}
        value={seed}
        read={readSeed}
        expected={`a whole number from 0 to ${HIGHEST}`}
        inputMode="numeric"
        hint={hint}
        onChange={recipe.setSeed}
      />
    </div>
  );
}

import type { TermId } from '../../lessons/glossary/terms';
import { leadingPunctuation } from './punctuation';
import { Term } from './term';

/** Words that are explained in running text; longer ones first where one is a part of another. */
const WORDS: readonly { readonly word: string; readonly term: TermId }[] = [
  { word: 'exact assignment', term: 'assignment' },
  { word: 'o_proj and down_proj', term: 'output-projections' },
  { word: 'residual stream', term: 'residual-stream' },
  { word: 'transport cost', term: 'transport-cost' },
  { word: 'plan', term: 'plan' },
  { word: 'ε', term: 'epsilon' },
  { word: 'cost', term: 'cost' },
  { word: 'MLP units', term: 'unit' },
  { word: 'heads', term: 'head' },
  { word: 'rows', term: 'neuron' },
  { word: 'neurons', term: 'neuron' },
  { word: 'parents', term: 'parents' },
  { word: 'zeroed', term: 'zero-start' },
];

/** The first word of `WORDS` in a text, as a whole word. */
const PATTERN = new RegExp(`(?<!\\p{L})(${WORDS.map(({ word }) => word).join('|')})(?!\\p{L})`, 'gu');

/** A text whose words of the glossary show their entries, each at its first use. */
export function Explained({ text }: { readonly text: string }) {
  const seen = new Set<TermId>();
  const parts = text.split(PATTERN);
  let punctuation = '';
  return parts.map((part, i) => {
    const rest = part.slice(punctuation.length);
    punctuation = '';
    const term = WORDS.find(({ word }) => word === part)?.term;
    if (i % 2 === 0 || term === undefined || seen.has(term)) return rest;
    seen.add(term);
    punctuation = leadingPunctuation(parts[i + 1] ?? '');
    return (
      <Term key={term} id={term} after={punctuation}>
        {part}
      </Term>
    );
  });
}

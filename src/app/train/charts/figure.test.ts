import { describe, expect, it } from 'vitest';
import { testRace, testRun } from '../../store/train/testing';
import { raceFigure } from './figure';
import { raceWords } from './words';

const measure = (text: string, size: number) => text.length * size * 0.5;
const wrong = { ...testRun('c', 0), losses: [3, Number.NaN, Infinity, 3] };
const race = testRace([testRun('a', 0), testRun('a', 1), testRun('b', 0), wrong]);
const titled = { ...race, arms: race.arms.map((arm) => ({ ...arm, title: `<${arm.id}> & more` })) };

/** Returns the names of elements that are left open or closed in the wrong order. Parses only the XML of figures. */
function unbalanced(svg: string): string[] {
  const open: string[] = [];
  for (const [, close, name = '', self] of svg.matchAll(/<(\/?)([a-z]+)(?:"[^"]*"|[^">])*?(\/?)>/gi)) {
    if (self === '/') continue;
    if (close === '') open.push(name);
    else if (open.pop() !== name) return [name];
  }
  return open;
}

describe('a race for print', () => {
  const { svg } = raceFigure(titled, 'compute', raceWords(titled, 'compute', '#x'), measure);

  it('is well-formed, and draws no number that is not one', () => {
    expect(unbalanced(svg)).toEqual([]);
    const metadata = /<metadata>[^]*<\/metadata>/;
    expect(svg.replace(metadata, '')).not.toMatch(/NaN|Infinity|undefined|null/);
    expect(svg).toContain('&lt;a&gt; &amp; more');
  });

  it('has three charts of every arm in its own colour, and each arm once in the legend', () => {
    for (const title of ['Training loss', 'New domain, held out', 'Old domain, held out'])
      expect(svg).toContain(`>${title}<`);
    for (const colour of ['#0072b2', '#d55e00', '#009e73'])
      expect(svg.split(`fill="none" stroke="${colour}"`)).toHaveLength(4);
    expect(svg.split('&lt;b&gt; &amp; more</text>')).toHaveLength(2);
    expect(svg).toContain('>block passes × tokens; nats per token<');
  });

  it('says what it is of, and carries its recipes and link', () => {
    expect(svg).toContain('2 seeds');
    expect(svg).toContain('>#x</link>');
    expect(svg).toContain('&quot;method&quot;:&quot;opt-deus:paper&quot;');
  });

  it('is a legend alone before the first number', () => {
    const none = testRace([{ ...testRun('a', 0), losses: [], evaluations: [] }]);
    const empty = raceFigure(none, 'tokens', raceWords(none, 'tokens', ''), measure);
    expect(unbalanced(empty.svg)).toEqual([]);
    expect(empty.svg).not.toContain('Training loss<');
  });
});

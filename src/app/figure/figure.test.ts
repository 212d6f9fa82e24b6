import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLUMN, escapeXml, figure, wrapped } from './figure';

const measure = (text: string, size: number) => text.length * size * 0.5;

describe('lines of a caption', () => {
  it('lose no word, and are no wider than the column unless one word is', () => {
    const words = fc.array(fc.stringMatching(/^[a-zε]{1,30}$/), { maxLength: 40 });
    fc.assert(
      fc.property(words, fc.integer({ min: 20, max: 200 }), (all, width) => {
        const lines = wrapped(all.join(' '), width, 10, measure);
        expect(lines.join(' ')).toBe(all.join(' '));
        for (const line of lines) expect(!line.includes(' ') || measure(line, 10) <= width).toBe(true);
      }),
    );
  });

  it('are as few as can be', () => {
    expect(wrapped('aa bb cc dd', 25, 10, measure)).toEqual(['aa bb', 'cc dd']);
  });
});

describe('XML', () => {
  it('escapes marks and drops what XML cannot hold', () => {
    expect(escapeXml('a < b & "c" \u0000\u0007\ud800')).toBe('a &lt; b &amp; &quot;c&quot; \ufffd');
  });
});

describe('a figure', () => {
  const words = {
    title: 'plan q',
    caption: 'A plan of q & more.',
    experiment: 'ε 0.06',
    recipe: '{"method":"<opt>"}',
    link: '#tensor=k&cell=1.2',
  };
  const bar = { height: 50, draw: () => undefined };
  const made = figure([bar, bar], words, measure);

  it('is three and a half inches wide, so that 300 dpi are 1050 pixels', () => {
    expect(made.width).toBe(3.5 * 96);
    expect(made.width).toBe(COLUMN);
    expect(made.svg).toContain('width="88.90mm"');
  });

  it('is as high as its panels and its words', () => {
    expect(made.height).toBeGreaterThan(100);
    expect(made.svg).toContain('translate(0 50)');
  });

  it('says what it is of, on its face and in its metadata', () => {
    expect(made.svg).toContain('>A plan of q &amp; more.<');
    expect(made.svg).toContain('>{&quot;method&quot;:&quot;&lt;opt&gt;&quot;}</recipe>');
    expect(made.svg).toContain('>#tensor=k&amp;cell=1.2</link>');
  });
});

import { describe, expect, it } from 'vitest';
import { parseMarkdown } from './markdown';

describe('a model card', () => {
  it('is cut into blocks without its front matter', () => {
    const text =
      '---\nlicense: cc0\n---\n# Title\n\nTwo\nlines.\n\n| | |\n| --- | --- |\n| a | **b** |\n\n- one\n- two\n\n```\n| no table\n```\n';
    expect(parseMarkdown(text)).toEqual([
      { kind: 'heading', level: 1, text: 'Title' },
      { kind: 'paragraph', text: 'Two lines.' },
      { kind: 'table', head: ['', ''], rows: [['a', '**b**']] },
      { kind: 'list', items: ['one', 'two'] },
      { kind: 'code', text: '| no table' },
    ]);
  });

  it('ends, whatever is in it', () => {
    for (const text of ['', '---', '---\n', '```', '|', '- ', '#', '# ', '\n\n\n', '|a\n|', '#no heading'])
      expect(Array.isArray(parseMarkdown(text))).toBe(true);
  });
});

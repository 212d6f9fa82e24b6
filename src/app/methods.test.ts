import { describe, expect, it } from 'vitest';
import { METHODS } from '../recipe/schema';
import { METHOD_GROUPS, methodWords } from './methods';

describe('methods', () => {
  it('all have words, each once', () => {
    const listed = METHOD_GROUPS.flatMap((group) => group.methods.map((method) => method.id));
    expect(listed.toSorted()).toEqual([...METHODS].toSorted());
  });

  it('never call the released script aligned', () => {
    const { title, sentence } = methodWords('opt-deus:literal');
    expect(`${title} ${sentence}`).not.toMatch(/align/i);
  });
});

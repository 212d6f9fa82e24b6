import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kernel } from '../../../backend/webgpu/kernels';
import { writtenOut } from '../../../wgsl';
import type { Passage } from './kernels';
import { PASSAGES, passageLines, loadKernel, kernelsFor } from './kernels';
import { tokenize } from './wgsl';

const shader = (name: string): string =>
  readFileSync(new URL(`../../../../shaders/${name}.wgsl`, import.meta.url), 'utf8');

describe('reading kernels', () => {
  it.each(Object.keys(PASSAGES) as Passage[])('finds every line of “%s” once in its kernel', (passage) => {
    const { kernel: name, lines } = PASSAGES[passage];
    const found = passageLines(passage, shader(name));
    expect(found).toHaveLength(lines.length);
    expect(new Set(found).size).toBe(lines.length);
  });

  it.each(['sinkhorn_rows', 'pairwise_distance'] as const)(
    'loads the text that is written out for the device: %s',
    async (name) => {
      expect(writtenOut(await loadKernel(name))).toBe(kernel(name).source);
    },
  );

  it('lights the potential that the half-step set', () => {
    const active = (scaling: 'rows' | 'columns' | 'start') => kernelsFor('sinkhorn', 'plan', scaling).active;
    const kernelsOf = (scaling: 'rows' | 'columns') =>
      new Set(active(scaling).map((passage) => PASSAGES[passage].kernel));
    expect(kernelsOf('rows')).toEqual(new Set(['sinkhorn_rows']));
    expect(kernelsOf('columns')).toEqual(new Set(['sinkhorn_columns']));
    expect(active('start')).toEqual([]);
  });

  it('lights the plan only where a plan is drawn', () => {
    expect(kernelsFor('picture', 'cost', undefined).active).toEqual(['pooling']);
    expect(kernelsFor('picture', 'plan', 'rows').active).toContain('plan entry');
    expect(kernelsFor('picture', 'difference', undefined).active).toContain('difference');
  });
});

describe('colours of WGSL', () => {
  it('loses nothing of any line', () => {
    for (const { kernel } of Object.values(PASSAGES))
      for (const line of shader(kernel).split('\n'))
        expect(
          tokenize(line)
            .map(({ text }) => text)
            .join(''),
        ).toBe(line);
  });

  it('tells words, numbers and comments apart', () => {
    expect(
      tokenize('  let x = vec4f(1.5e-3, 8u); // the 2 ends').filter(({ kind }) => kind !== 'plain'),
    ).toEqual([
      { kind: 'keyword', text: 'let' },
      { kind: 'type', text: 'vec4f' },
      { kind: 'number', text: '1.5e-3' },
      { kind: 'number', text: '8u' },
      { kind: 'comment', text: '// the 2 ends' },
    ]);
    expect(tokenize('@group(0) @binding(12) var<storage, read> a1: array<f32>;').at(0)).toEqual({
      kind: 'attribute',
      text: '@group',
    });
    expect(tokenize('let lane1 = x2;').some(({ kind }) => kind === 'number')).toBe(false);
  });
});

import { expect, it } from 'vitest';
import type { Step } from '../../../lessons/format';
import { DEFAULT_VIEW } from '../../../recipe/view';
import { INITIAL_LESSON, type LessonState } from '../state/lesson';
import { hiddenControls } from './hidden';

const step: Step = { title: 'Zero start', text: 'Text.', point: 'zero-start' };
const lesson: LessonState = {
  ...INITIAL_LESSON,
  phase: 'running',
  lesson: {
    format: 'interlayer-lesson/1',
    id: 'one',
    language: 'en',
    title: 'One',
    summary: 'One.',
    minutes: 1,
    steps: [step],
  },
};

it('hides what the view says', () => {
  expect(hiddenControls({ view: DEFAULT_VIEW, lesson: INITIAL_LESSON })).toEqual([]);
  const view = { ...DEFAULT_VIEW, hide: ['share'] as const };
  expect(hiddenControls({ view, lesson: INITIAL_LESSON })).toEqual(['share']);
});

it('shows a presenter little, but always what the step points at, unless the link hides it', () => {
  const view = { ...DEFAULT_VIEW, presenter: true, hide: ['tabs'] as const };
  const alone = hiddenControls({ view, lesson: INITIAL_LESSON });
  expect(alone).toEqual(expect.arrayContaining(['tabs', 'tower', 'method-panel', 'export']));
  expect(alone).not.toContain('picture');
  const pointed = hiddenControls({ view, lesson });
  expect(alone.filter((name) => !pointed.includes(name))).toEqual(['method-panel']);
  const hidden = { ...view, hide: ['zero-start'] as const };
  expect(hiddenControls({ view: hidden, lesson })).toContain('zero-start');
});

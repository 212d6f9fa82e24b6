import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { lookAt } from '../soak/monkey/look';
import { runMonkey } from '../soak/monkey/monkey';
import { launch } from './browser';

const SEED = 5;
const SECONDS = 10;

describe('the monkey', () => {
  it('finds nothing wrong in some seconds of random use, and gets the page back to rest', async () => {
    const out = await mkdtemp(join(tmpdir(), 'interlayer-monkey-'));
    const options = { address: inject('page'), launch: () => launch({ webgpu: false }), out };
    const { faults, lives, actions, coverage } = await runMonkey({
      ...options,
      seed: SEED,
      minutes: SECONDS / 60,
    });
    expect(faults).toEqual([]);
    expect(actions).toBeGreaterThanOrEqual(30);
    expect(coverage.pressed.size).toBeGreaterThan(20);
    // One document, reset at its end: the shipped model with one tensor aligned.
    expect(lives).toHaveLength(1);
    expect(lives[0]?.at(-1)?.device).toBeLessThanOrEqual(512 * 1024);
    expect(lives[0]?.at(-1)?.detached).toBeLessThan(5000);
    await rm(out, { recursive: true });
  });

  it('sees the error boundary, numbers that are none, marks that cannot be drawn, a page too wide, and work', async () => {
    const browser = await launch({ webgpu: false });
    const page = await browser.newPage({ viewport: { width: 400, height: 300 } });
    await page.setContent(
      `<main class="crash">TypeError: no</main><p>loss NaN nats</p><p>“NaN” was typed; expected a number, got NaN.</p>
      <button aria-label="cell undefined">x</button><svg><path d="MNaN 0"/></svg>
      <div style="width: 900px">wide</div><div class="busy">Solving… <button>Cancel</button></div>`,
    );
    const { wrong, busy } = await lookAt(page);
    expect(wrong).toEqual([
      expect.stringContaining('error boundary: TypeError: no'),
      expect.stringContaining('text: NaN in “TypeError: no loss NaN nats'),
      'aria-label: cell undefined',
      'd of path: MNaN 0',
      expect.stringMatching(/^scrolls sideways by \d+ px at 400 × 300: .*div/),
    ]);
    expect(busy).toEqual(['Solving… Cancel']);
    await browser.close();
  });
});

import { describe, expect, it } from 'vitest';
import { parseConfig } from '../src/llama/config';
import { randomTensors, TINY } from '../src/llama/testing';
import { pictureReady } from './browser';
import { openTensors } from './stage';
import { visits } from './visits';

describe('models of other architectures', () => {
  const { start } = visits();

  it('are aligned, and the method says whose kind a new block is of', async () => {
    const page = await start();
    const config = {
      ...TINY,
      architectures: ['Gemma3ForCausalLM'],
      num_hidden_layers: 4,
      sliding_window_pattern: 2,
    };
    await openTensors(page, config, randomTensors(parseConfig(config), 5));
    await pictureReady(page);
    await page.getByText(/are of two kinds.*: the new block is of the kind of its previous parent/).waitFor();
  });

  it('that are not in the table are aligned too, and all else says why it is not there', async () => {
    const page = await start();
    const config = { ...TINY, architectures: ['OtherForCausalLM'] };
    await openTensors(page, config, randomTensors(parseConfig(TINY), 5));
    await pictureReady(page);
    const why =
      /Expected a model of architecture LlamaForCausalLM.*got OtherForCausalLM.*can be aligned and mapped/;
    await expect.poll(() => page.getByRole('region', { name: 'Notices' }).innerText()).toMatch(why);
    for (const tab of ['Compare', 'Train', 'Try']) {
      await page.getByRole('tab', { name: tab }).focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => page.getByRole('tabpanel').innerText()).toMatch(why);
    }
    const button = page.getByRole('button', { name: 'Export checkpoint' });
    expect(await button.isDisabled()).toBe(true);
    expect(await button.getAttribute('title')).toMatch(why);
    await page.getByRole('tab', { name: 'Map' }).click();
    await page.locator('figure[data-state=ready][data-level=blocks]').waitFor();
  });
});

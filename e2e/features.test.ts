import { expect, it } from 'vitest';
import { pageWidth, violations, violationsInBothThemes } from './accessible';
import { selectedPair, pictureReady } from './browser';
import { visits } from './visits';

const { visit, start } = visits();

it('compares neurons by what they answer to a text, head by head, and keeps it in the link', async () => {
  const page = await start({ hash: '#tensor=gate' });
  const panel = page.getByRole('region', { name: 'Method' });
  expect(await panel.getByLabel('On the text').count()).toBe(0);
  await panel.locator('summary', { hasText: 'Solver and cost' }).click();
  await panel.getByLabel('Compare neurons by').selectOption('activations');
  await panel.getByLabel('On the text').selectOption('observatory');
  await panel.getByLabel('Last tokens of it').fill('64');
  await panel.getByLabel('Last tokens of it').press('Enter');
  const caption = page.getByText(
    /last 64 tokens of Observatory tales, held out: the cost is 1 − their correlation/,
  );
  await caption.waitFor();
  await pictureReady(page);

  expect(await violations(page)).toEqual([]);

  // The inspector shows activations by token, not weights.
  await page.getByRole('application').hover({ position: { x: 40, y: 40 } });
  await selectedPair(page);
  const inspector = page.getByRole('complementary', { name: 'Pair' });
  expect(await inspector.innerText()).toMatch(/M = 1 − r\(A/);
  expect(await inspector.innerText()).toMatch(/64 tokens/);

  await page.goto(page.url().replace('tensor=gate', 'tensor=q'));
  await page.reload();
  await pictureReady(page);
  expect(await page.getByText(/every head has a plan of its own/).count()).toBe(1);
  await page.getByLabel('Query head').selectOption('1');
  await page.getByText(/32 of each; each spreads over/).waitFor();
  await pictureReady(page);
  expect(await page.evaluate('location.hash')).toMatch(
    /features=activations&features-text=observatory&features-tokens=64/,
  );
});

it('fits a narrow page and is readable there, in light and dark', async () => {
  const hash = '#features=activations&features-tokens=32&tensor=k&part=1';
  const page = await start({ hash, width: 390 });
  await page.locator('summary', { hasText: 'Solver and cost' }).click();
  expect(await page.getByLabel('On the text').isVisible()).toBe(true);
  expect(await pageWidth(page)).toBeLessThanOrEqual(390);
  expect(await violationsInBothThemes(page)).toEqual([]);
});

it('says why rotations and activations do not go together', async () => {
  const page = await visit({
    hash: '#method=opt-deus:structured&features=activations&rotate=on&tensor=gate',
  });
  const panel = page.getByRole('region', { name: 'Method' });
  await expect.poll(() => panel.getByRole('alert').innerText()).toMatch(/expected no rotations/i);
  await panel.getByLabel('Rotate queries and keys').uncheck();
  await expect.poll(() => panel.getByRole('alert').count()).toBe(0);
  await pictureReady(page);
});

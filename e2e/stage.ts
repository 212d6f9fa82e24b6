import { interpolateViridis } from 'd3-scale-chromatic';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { folders, sourceOf } from '../src/cli/folders';
import { Engine } from '../src/engine/engine';
import type { Jobs } from '../src/engine/jobs';
import { NodeEnvironment } from '../src/engine/node';
import { safetensors, type TinyTensor } from '../src/llama/testing';

const SHIPPED = 'public/models/interlayer-fairy-1.7m';

/** Returns an engine on the CPU with the shipped model open, to compare the page's numbers and colours with. */
export async function referenceEngine(): Promise<Engine> {
  const engine = new Engine(new NodeEnvironment(folders));
  await engine.run('start', { backend: 'cpu' });
  await engine.run('open', { source: await sourceOf(SHIPPED) });
  return engine;
}

/** Returns one value per cell, by index. */
export async function valuesOf(
  engine: Engine,
  request: Omit<Jobs['picture']['args'], 'maxPixels'>,
): Promise<(row: number, column: number) => number> {
  const { max, width } = await engine.run('picture', { ...request, maxPixels: 1024 });
  return (row, column) => max[row * width + column] ?? NaN;
}

/** Returns the focusable picture of a pane. */
export const grid = (page: Page, pane: 'a' | 'b' | 'difference' = 'a'): Locator =>
  page.locator(`[data-pane=${pane}] .cells`);

export type Rgb = readonly [red: number, green: number, blue: number];

/** Reads colours on a pane's canvas, at fractions of its width and height. */
export function colours(
  page: Page,
  places: readonly (readonly [x: number, y: number])[],
  pane: 'a' | 'b' | 'difference' = 'a',
): Promise<Rgb[]> {
  return grid(page, pane)
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement, at) => {
      // Read from a copy, because reading the page's own canvas would move it off the GPU.
      const copy = document.createElement('canvas');
      [copy.width, copy.height] = [canvas.width, canvas.height];
      const context = copy.getContext('2d', { willReadFrequently: true });
      context?.drawImage(canvas, 0, 0);
      return at.map(([x, y]): [number, number, number] => {
        const { data } = context?.getImageData(
          Math.floor(x * canvas.width),
          Math.floor(y * canvas.height),
          1,
          1,
        ) ?? { data: [] };
        return [data[0] ?? NaN, data[1] ?? NaN, data[2] ?? NaN];
      });
    }, places);
}

const VIRIDIS: readonly Rgb[] = Array.from({ length: 256 }, (_, i) => {
  const hex = Number.parseInt(interpolateViridis(i / 255).slice(1), 16);
  return [hex >> 16, (hex >> 8) & 255, hex & 255];
});

/** Returns the position of a colour on viridis, 0 to 1; NaN if it is not on it. */
export function viridisPosition(colour: Rgb): number {
  const found = VIRIDIS.findIndex((step) => step.every((channel, i) => channel === colour[i]));
  return found < 0 ? NaN : found / 255;
}

/** Returns a value's position on the page's fixed log scale for plans of n neurons, which runs from 1/(4n) to 1. */
export function planScalePosition(value: number, n: number): number {
  const low = 1 / (4 * n);
  return Math.max(0, Math.min(1, Math.log(Math.max(value, 1e-30) / low) / Math.log(1 / low)));
}

/** Opens a model with these tensors. */
export async function openTensors(
  page: Page,
  config: Readonly<Record<string, unknown>>,
  tensors: ReadonlyMap<string, TinyTensor>,
): Promise<void> {
  await page.getByLabel('Model files').setInputFiles([
    { name: 'config.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(config)) },
    {
      name: 'model.safetensors',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(safetensors(tensors)),
    },
  ]);
  await page
    .getByRole('banner')
    .getByText(new RegExp(`${Number(config['num_hidden_layers'])} → `))
    .waitFor();
  // The address is updated a moment later; until then it names the previous model.
  await expect.poll(() => page.url()).toMatch(/model=local/);
}

/** Returns the centre of a cell on the screen, if the whole matrix is shown. */
export async function cellCentre(
  page: Page,
  n: number,
  row: number,
  column: number,
): Promise<{ x: number; y: number }> {
  const box = await grid(page).boundingBox();
  if (!box) throw new Error('the picture has no box');
  return { x: box.x + ((column + 0.5) / n) * box.width, y: box.y + ((row + 0.5) / n) * box.height };
}

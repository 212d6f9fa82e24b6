import { type Browser, chromium } from 'playwright-core';

/** Allow WebGPU on a software adapter, and no network traffic of the browser's own. */
const FLAGS = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

/** Starts the browser of `CHROME_PATH`, with further flags from `CHROME_FLAGS`, such as those that a GPU's driver needs. */
export function launchChromium(): Promise<Browser> {
  const { CHROME_PATH = '/usr/bin/chromium', CHROME_FLAGS = '' } = process.env;
  const more = CHROME_FLAGS.split(' ').filter((flag) => flag !== '');
  return chromium.launch({ executablePath: CHROME_PATH, args: [...FLAGS, ...more] });
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Fails the whole run where no kernel could be run: a green run must have used a WebGPU adapter. */
export default async function adapterIsThere(): Promise<void> {
  // In a process of its own: a driver that falls over must not take the tests' with it.
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/adapter.mjs']);
  if (!stdout.startsWith('adapter: ')) {
    throw new Error(
      'No WebGPU adapter was found, so no kernel can be tested. On Linux without a GPU driver, `npm test` uses the software ' +
        'driver that comes with Debian’s chromium: install chromium, or name a Vulkan driver in VK_ICD_FILENAMES.',
    );
  }
  console.log(`WebGPU ${stdout.trim()}`);
}

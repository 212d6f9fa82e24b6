import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Fails the whole run without a WebGPU adapter, because a green run must have tested the kernels. */
export default async function requireAdapter(): Promise<void> {
  // In a separate process, because a driver that crashes must not crash the tests.
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/adapter.mjs']);
  if (!stdout.startsWith('adapter: ')) {
    throw new Error(
      'No WebGPU adapter was found, so no kernel can be tested. On Linux without a GPU driver, `npm test` uses the software ' +
        'driver that comes with Debian’s chromium: install chromium, or name a Vulkan driver in VK_ICD_FILENAMES.',
    );
  }
  console.log(`WebGPU ${stdout.trim()}`);
}

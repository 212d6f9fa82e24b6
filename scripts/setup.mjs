import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Installs the packages of package-lock.json if they are missing or older than this file. */
export function ensureDependencies({ quiet = false } = {}) {
  const modules = join(root, 'node_modules');
  // If node_modules is a link, npm would empty the folder that it points to, which may belong to another checkout.
  if (existsSync(modules) && lstatSync(modules).isSymbolicLink()) return;
  const installed = join(modules, '.package-lock.json');
  const lock = join(root, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  if (!quiet) console.log('Installing dependencies …');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', ...(quiet ? ['--silent'] : [])], {
    cwd: root,
    // With `quiet`, standard output is for the command that called this.
    stdio: ['ignore', quiet ? 'ignore' : 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0)
    stop('npm ci failed: check the network and the Node version (20.19 or newer), then try again.');
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Returns the path of an installed Chromium or Chrome (`CHROME_PATH` first), or undefined. */
export function findBrowser() {
  const paths = (process.env.PATH ?? '').split(delimiter);
  const candidates = [...NAMES.flatMap((name) => paths.map((path) => join(path, name))), ...PLACES];
  return [process.env.CHROME_PATH, ...candidates].find((path) => path && existsSync(path));
}

/** Returns the path of a browser. On Debian as root it installs Chromium if there is none; elsewhere it exits with a message. */
export function ensureBrowser() {
  const found = findBrowser();
  if (found) return found;
  if (isDebian() && process.getuid?.() === 0) {
    console.log('Installing chromium …');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const run = (...args) =>
      spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
    run('update');
    if (!run('install', '-y', 'chromium'))
      stop('apt-get could not install chromium: install it by hand, then try again.');
    return findBrowser() ?? stop('chromium was installed but is not on the PATH: set CHROME_PATH to it.');
  }
  return stop(
    isDebian()
      ? 'The tests need a browser with WebGPU. Run `sudo apt-get install chromium`, or set CHROME_PATH to a Chrome or Chromium.'
      : 'The tests need a browser with WebGPU. Install Google Chrome or Chromium, or set CHROME_PATH to one.',
  );
}

function isDebian() {
  const file = '/etc/os-release';
  return existsSync(file) && /^ID(_LIKE)?=.*debian/m.test(readFileSync(file, 'utf8'));
}

function stop(message) {
  console.error(message);
  process.exit(1);
}

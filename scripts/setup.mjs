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

const chromium = {
  variable: 'CHROME_PATH',
  names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'],
  places: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ],
  debian: ['chromium'],
  need: 'The tests need a browser with WebGPU.',
  install: 'Install Google Chrome or Chromium',
  called: 'a Chrome or Chromium',
};

/** The browsers that the tests drive: where they are, and what to do where they are not. */
const BROWSERS = {
  chromium,
  // Chromium without a window, in which a visit takes three quarters of the time.
  'headless shell': {
    ...chromium,
    names: ['chromium-headless-shell', 'chrome-headless-shell', ...chromium.names],
    // Older releases do not have the first.
    debian: ['chromium-headless-shell', 'chromium'],
  },
  firefox: {
    variable: 'FIREFOX_PATH',
    names: ['firefox-esr', 'firefox'],
    places: [
      '/Applications/Firefox.app/Contents/MacOS/firefox',
      'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
    ],
    debian: ['firefox-esr'],
    need: 'The tests also open the page in Firefox.',
    install: 'Install Firefox',
    called: 'a Firefox',
  },
};

/** Returns the path of an installed browser (that of its environment variable first), or undefined. */
function findBrowser({ variable, names, places }) {
  const paths = (process.env.PATH ?? '').split(delimiter);
  const candidates = [...names.flatMap((name) => paths.map((path) => join(path, name))), ...places];
  return [process.env[variable], ...candidates].find((path) => path && existsSync(path));
}

/**
 * Returns the path of a browser, `chromium`, `headless shell` or `firefox`. On Debian as root it installs one if there is none;
 * elsewhere it exits with a message.
 */
export function ensureBrowser(kind = 'chromium') {
  const browser = BROWSERS[kind];
  const { variable, debian, need, install, called } = browser;
  const found = findBrowser(browser);
  if (found) return found;
  if (isDebian() && process.getuid?.() === 0) {
    console.log(`Installing ${debian[0]} …`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const run = (...args) =>
      spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
    run('update');
    const name = debian.find((each) => run('install', '-y', each));
    if (name === undefined)
      stop(`apt-get could not install ${debian.join(' or ')}: install it by hand, then try again.`);
    return (
      findBrowser(browser) ?? stop(`${name} was installed but is not on the PATH: set ${variable} to it.`)
    );
  }
  const how = isDebian() ? `Run \`sudo apt-get install ${debian.at(-1)}\`` : install;
  return stop(`${need} ${how}, or set ${variable} to ${called}.`);
}

function isDebian() {
  const file = '/etc/os-release';
  return existsSync(file) && /^ID(_LIKE)?=.*debian/m.test(readFileSync(file, 'utf8'));
}

function stop(message) {
  console.error(message);
  process.exit(1);
}

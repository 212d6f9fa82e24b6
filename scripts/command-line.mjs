import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './setup.mjs';

/** Sources of a build; packages are covered by package-lock.json. */
const SOURCES = ['src', 'shaders', 'scripts', 'package-lock.json', 'tsconfig.json'];
const ENTRY = 'bin.mjs';
const DAY = 24 * 60 * 60 * 1000;

/**
 * Returns the URL of the command line as JavaScript. It is built on first use and cached in `dist-cli/<fingerprint of the sources>`,
 * or in the user's own temporary folder if the checkout is not writable.
 */
export async function builtCommandLine() {
  const name = fingerprint();
  const kept = join(root, 'dist-cli');
  const folder = existsSync(join(kept, name)) || isWritable(kept) ? kept : ownTemporary();
  const built = join(folder, name);
  if (!existsSync(built)) await build(folder, built);
  return pathToFileURL(join(built, ENTRY)).href;
}

/** Returns a hash that changes if a source is changed, added, removed or renamed, or the checkout is moved. */
function fingerprint() {
  const hash = createHash('sha256').update(root);
  const add = (path) => {
    const stat = statSync(join(root, path));
    if (!stat.isDirectory()) hash.update(`\n${path} ${stat.mtimeMs} ${stat.size}`);
    else for (const entry of readdirSync(join(root, path)).sort()) add(join(path, entry));
  };
  SOURCES.forEach(add);
  return hash.digest('hex').slice(0, 16);
}

/** True if the folder is writable. It creates the folder if missing. */
function isWritable(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    rmSync(mkdtempSync(join(folder, 'probe-')), { recursive: true });
    return true;
  } catch {
    return false;
  }
}

function ownTemporary() {
  const user = process.getuid?.();
  const folder = join(tmpdir(), `interlayer-${user ?? 'cli'}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Code from a folder that another user can write to must not be run.
  const { uid, mode } = lstatSync(folder);
  if (user !== undefined && (uid !== user || (mode & 0o022) !== 0))
    throw new Error(`expected ${folder} to be writable by its owner, this user, alone; remove it.`);
  return folder;
}

/** Builds a module and all that it imports, but for `webgpu`, into `outDir`, to run where it lies. */
export async function buildForNode({ entry, outDir, name }) {
  const { build } = await import('vite');
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [inPlace],
    ssr: { noExternal: true },
    build: {
      ssr: join(root, entry),
      outDir,
      emptyOutDir: false,
      sourcemap: true,
      target: 'es2022',
      rolldownOptions: { output: { entryFileNames: name, chunkFileNames: '[name]-[hash].mjs' } },
    },
  });
}

/** Builds into another folder and renames it to `built`, so that a command started meanwhile never finds a partial build. */
async function build(folder, built) {
  const partial = mkdtempSync(join(folder, 'partial-'));
  try {
    await buildForNode({ entry: 'src/cli/bin.ts', outDir: partial, name: ENTRY });
    renameSync(partial, built);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    // No error if another command has finished the same build meanwhile.
    if (!existsSync(built)) throw error;
  }
  removeOld(folder, built);
}

/** Removes other builds that are older than a day; no command should still run from them. */
function removeOld(folder, built) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const old =
      path !== built && Date.now() - (lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > DAY;
    if (old) rmSync(path, { recursive: true, force: true });
  }
}

/** Vite plugin: built code finds files relative to its sources, and the package `webgpu` with its native code. */
const inPlace = {
  name: 'in-place',
  enforce: 'pre',
  resolveId: (id) => (id === 'webgpu' ? { id: import.meta.resolve(id), external: true } : undefined),
  transform: {
    filter: { code: 'import.meta.url' },
    handler: (code, id) => ({
      code: code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)),
      map: null,
    }),
  },
};

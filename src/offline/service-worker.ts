/*
 * Room `offline`: the service worker, which keeps the built page in the browser, so that it opens without a connection.
 * vite/service-worker.ts builds it as one script beside index.html. Imports no room, and no room imports it.
 */

/** What the build knows of the page. */
export interface BuiltPage {
  /** SHA-256 of every file as `integrity` has it, by address relative to the page; the page itself is ''. */
  readonly files: Readonly<Record<string, string>>;
  /** Headers that isolate the page, which not every server sends. */
  readonly isolation: Readonly<Record<string, string>>;
  /** The content security policy, which workers have from their header alone. */
  readonly policy: string;
}

/** Put in by the build. */
declare const BUILT_PAGE: BuiltPage;
declare const self: ServiceWorkerGlobalScope;

const { files, isolation, policy } = BUILT_PAGE;
const { scope } = self.registration;
/** Files of all versions by their hashes: an update loads only what changed, and no version gets a file of another. */
const CACHE = `interlayer ${scope}`;

/**
 * True if the page says that it is served from this machine: it comes from the server as long as that runs, so that a new build is on
 * show at once, and another program at the same port is not hidden.
 */
const isLocal = new URLSearchParams(location.search).has('local');

/** Returns the folder of a path, with its final slash; '' for the page's own. */
const folderOf = (path: string): string => path.replace(/[^/]*$/, '');
const folders = new Set(Object.keys(files).map(folderOf));

const keyOf = (integrity: string): string => new URL(`kept/${encodeURIComponent(integrity)}`, scope).href;

/** Requests a file. @throws if the server has another version of it. */
async function download(path: string, integrity: string): Promise<Response> {
  const response = await fetch(new URL(path, scope), { integrity, cache: 'no-cache' });
  if (!response.ok) throw new Error(`${path}: expected the file, got status ${response.status}.`);
  // Without headers such as Vary, which would decide what is found again.
  return new Response(response.body, {
    headers: { 'Content-Type': response.headers.get('Content-Type') ?? '' },
  });
}

/** Keeps all files. @throws if one cannot be kept; then nothing new is. */
async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  const kept = new Set((await cache.keys()).map(({ url }) => url));
  const missing = Object.entries(files).filter(([, integrity]) => !kept.has(keyOf(integrity)));
  const results = await Promise.allSettled(
    missing.map(async ([path, integrity]) => cache.put(keyOf(integrity), await download(path, integrity))),
  );
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) {
    await Promise.all(missing.map(([, integrity]) => cache.delete(keyOf(integrity))));
    throw failure.reason;
  }
  if (isLocal) await self.skipWaiting();
}

/** Removes files of other versions. */
async function removeOthers(): Promise<void> {
  const cache = await caches.open(CACHE);
  const wanted = new Set(Object.values(files).map(keyOf));
  const others = (await cache.keys()).filter(({ url }) => !wanted.has(url));
  await Promise.all(others.map((request) => cache.delete(request)));
}

/** Returns the path of what a request is for; undefined if that is not in a folder of the page, such as a model of the Hub. */
function pathOf({ method, url, mode }: Request): string | undefined {
  const { href, search } = new URL(url);
  const bare = href.replace(/[?#].*/, '');
  if (method !== 'GET' || !bare.startsWith(scope) || (search !== '' && mode !== 'navigate')) return undefined;
  const path = bare.slice(scope.length).replace(/^index\.html$/, '');
  return folders.has(folderOf(path)) && (path.includes('/') || Object.hasOwn(files, path)) ? path : undefined;
}

async function answer(request: Request, path: string): Promise<Response> {
  const integrity = Object.hasOwn(files, path) ? files[path] : undefined;
  const online = isLocal || integrity === undefined ? await fetch(request).catch(() => undefined) : undefined;
  if (online !== undefined) return withHeaders(online, isolation);
  // A reader may ask which of several files a model has.
  if (integrity === undefined) return new Response(null, { status: 404 });
  const found = await keptFile(path, integrity).catch((error: unknown) => {
    if (request.mode === 'navigate') return fetch(request);
    throw error;
  });
  const range = request.headers.get('Range');
  const response = range === null ? found : await partOf(found, range);
  return withHeaders(response, { ...isolation, 'Content-Security-Policy': policy });
}

/** Returns a kept file, or the same file from the server if the browser has lost it. */
async function keptFile(path: string, integrity: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(keyOf(integrity));
  if (kept !== undefined) return kept;
  const found = await download(path, integrity);
  await cache.put(keyOf(integrity), found.clone()).catch(() => undefined);
  return found;
}

/** Returns the part of a file that a request names (RFC 9110, 14); the whole file if it names several. */
async function partOf(whole: Response, range: string): Promise<Response> {
  const [asked, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  const blob = await whole.blob();
  const { size, type } = blob;
  if (asked === undefined || (from === '' && to === '')) return new Response(blob);
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (start > end)
    return new Response(null, { status: 416, headers: { 'Content-Range': `bytes */${size}` } });
  return new Response(blob.slice(start, end + 1, type), {
    status: 206,
    headers: { 'Content-Range': `bytes ${start}-${end}/${size}`, 'Content-Length': `${end - start + 1}` },
  });
}

/** Adds headers where the response has none of their names. */
function withHeaders(response: Response, added: Readonly<Record<string, string>>): Response {
  // What another site or a redirect answered cannot be copied.
  if (response.type === 'opaqueredirect' || response.type === 'opaque') return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(added)) if (!headers.has(name)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

/**
 * Takes over from the version before, if the page that asks is the only one: another may be racing, and would get files of this version.
 * @returns the number of other pages.
 */
async function takeOver(asking: Client): Promise<number> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const others = pages.filter(({ id, url }) => id !== asking.id && url.startsWith(scope)).length;
  if (others === 0) await self.skipWaiting();
  return others;
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(removeOthers()));
self.addEventListener('fetch', (event) => {
  const path = pathOf(event.request);
  if (path !== undefined) event.respondWith(answer(event.request, path));
});
self.addEventListener('message', (event) => {
  const [port] = event.ports;
  if (event.data !== 'take-over' || !(event.source instanceof Client)) return;
  event.waitUntil(takeOver(event.source).then((others) => port?.postMessage(others)));
});

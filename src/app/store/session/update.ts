import type { Store } from '../core/store';
import { patch } from '../core/store';
import type { WithUpdate } from '../state/update';

/** A page served from this machine, such as by `npm start`, always comes from its server: no version of it waits to be shown. */
const isLocal = (): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);

/**
 * Keeps the built page in the browser, so that it opens without a connection, and says when a newer version of it is kept. Where
 * nothing can be kept (a private window, a full disk, a page that is not served securely) the page works without.
 */
export async function keepPage(store: Store<WithUpdate>): Promise<void> {
  const registration = await registered();
  if (registration === undefined) return;
  const offer = (): void => {
    // The first version has none before it, and takes over at once.
    if (registration.waiting !== null && registration.active !== null && !isLocal())
      patch(store, 'update', { phase: 'ready' });
  };
  offer();
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', offer);
  });
  // Browsers look for a newer version by themselves, but Chromium may do so a minute later, once the worker has had nothing to do.
  await registration.update().catch(() => undefined);
}

async function registered(): Promise<ServiceWorkerRegistration | undefined> {
  try {
    return await navigator.serviceWorker.register(
      isLocal() ? 'service-worker.js?local' : 'service-worker.js',
    );
  } catch {
    return undefined;
  }
}

/** Reloads the page in its newer version; if another tab shows the page, which must not change under it, says so instead. */
export async function takeUpdate(store: Store<WithUpdate>): Promise<void> {
  const next = (await navigator.serviceWorker.getRegistration())?.waiting;
  if (!next) {
    // Another tab has taken it.
    location.reload();
    return;
  }
  next.addEventListener('statechange', () => {
    if (next.state === 'activated') location.reload();
  });
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data: others }: MessageEvent<number>) => {
    if (others > 0) patch(store, 'update', { phase: 'elsewhere' });
  };
  next.postMessage('take-over', [port2]);
}

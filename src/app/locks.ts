import type { Locks } from './store/core/store';

/** Locks of the browser. Without them (a page that is not served securely) there is no storage that pages could share either. */
export const browserLocks: Locks = {
  async take(name, patienceMs) {
    const manager = locksOfBrowser();
    if (manager === undefined) return () => undefined;
    return new Promise((decide) => {
      const options = patienceMs > 0 ? { signal: AbortSignal.timeout(patienceMs) } : { ifAvailable: true };
      const hold = (lock: Lock | null): Promise<void> | undefined => {
        if (lock !== null) return new Promise<void>((release) => decide(() => release()));
        decide(undefined);
        return undefined;
      };
      manager.request(name, options, hold).catch(({ name: reason }: DOMException) => {
        // In a frame of another site locks may be denied, and then storage that pages share is, too.
        decide(reason === 'SecurityError' ? () => undefined : undefined);
      });
    });
  },

  async taken() {
    const { held = [] } =
      (await locksOfBrowser()
        ?.query()
        .catch(() => undefined)) ?? {};
    return new Set(held.flatMap(({ name }) => name ?? []));
  },
};

const locksOfBrowser = (): LockManager | undefined =>
  // The types do not know of pages that are not served securely.
  (navigator as Partial<Navigator>).locks;

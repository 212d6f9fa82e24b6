import type { ByteStore } from '../engine/environment/byte-store';
import { fetchedText } from '../engine/environment/fetched-text';
import { browserLocks } from './locks';
import type { Platform } from './store/core/store';
import type { Address } from './store/session/link';

/** Creates the `Platform` of the real browser. */
export function browserPlatform(): Platform {
  let byteStore: ByteStore | undefined;
  const reduced = matchMedia('(prefers-reduced-motion: reduce)');
  return {
    base: document.baseURI,
    locks: browserLocks,
    embedded: isEmbedded(),
    reducedMotion: () => reduced.matches,
    languages: () => navigator.languages,
    fetchText: fetchedText,
    async byteStore() {
      const { OpfsByteStore } = await import('../engine/environment/opfs-byte-store');
      return (byteStore ??= new OpfsByteStore());
    },
    loadText(name) {
      try {
        return localStorage.getItem(name);
      } catch {
        return null;
      }
    },
    saveText(name, text) {
      try {
        localStorage.setItem(name, text);
        return true;
      } catch {
        return false;
      }
    },
  };
}

/** Creates the `Address` of the page's URL. A model may also be named by its query: `?model=hub:owner/name`. */
export function browserAddress(): Address {
  return {
    read() {
      const query = new URLSearchParams(location.search).get('model');
      const fragment = location.hash.replace(/^#/, '');
      if (query === null || new URLSearchParams(fragment).has('model')) return fragment;
      return new URLSearchParams([['model', query], ...new URLSearchParams(fragment)]).toString();
    },
    isOwn: () => (history.state as { own?: unknown } | null)?.own === true,
    replace(fragment) {
      history.replaceState({ own: true }, '', withFragment(fragment));
    },
    push(fragment) {
      // Back belongs to the page around this one.
      if (isEmbedded()) this.replace(fragment);
      else history.pushState({ own: true }, '', withFragment(fragment));
    },
  };
}

/** True if another page shows this one in a frame and asks for it without header: `?embed`. */
export const isEmbedded = (): boolean => new URLSearchParams(location.search).has('embed');

/** The page's address with another fragment. */
function withFragment(fragment: string): URL {
  const url = new URL(location.href);
  url.hash = fragment;
  // The fragment has the model.
  url.searchParams.delete('model');
  return url;
}

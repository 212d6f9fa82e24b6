import type { BrowserFacts } from './facts';

/** The part of user agent client hints (Chromium only) that names the full version. */
interface ClientHints {
  getHighEntropyValues(hints: readonly string[]): Promise<{
    readonly fullVersionList?: readonly { readonly brand: string; readonly version: string }[];
    readonly platform?: string;
    readonly platformVersion?: string;
    readonly architecture?: string;
  }>;
}

/** Asks the browser for its name and version, as exactly as it says. */
export async function browserFacts(): Promise<BrowserFacts> {
  return {
    name: await browserName(),
    cores: navigator.hardwareConcurrency,
    isolated: crossOriginIsolated,
  };
}

async function browserName(): Promise<string> {
  const hints = (navigator as Navigator & { readonly userAgentData?: ClientHints }).userAgentData;
  try {
    const known = await hints?.getHighEntropyValues(['fullVersionList', 'platformVersion', 'architecture']);
    // One of the brands is made up, so that no server relies on the list.
    const brands = known?.fullVersionList?.filter(({ brand }) => !/not.*brand/i.test(brand)) ?? [];
    if (known && brands.length > 0) {
      const system = [known.platform, known.platformVersion, known.architecture].filter(Boolean).join(' ');
      return `${brands.map(({ brand, version }) => `${brand} ${version}`).join(', ')} on ${system}`;
    }
  } catch {
    // Refused, so the short name must do.
  }
  return navigator.userAgent;
}

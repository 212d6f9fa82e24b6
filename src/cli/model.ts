import { basename, resolve } from 'node:path';
import type { OpenSource } from '../engine/jobs';
import { HUB_ENDPOINT, HUB_EXPECTED, hubEndpoint, readHubInput } from '../recipe/hub';
import type { ModelSource } from '../recipe/schema';
import { sourceOf } from './folders';
import type { Terminal } from './terminal';
import { UsageError } from './usage';

/** The Hub that names without an address belong to, and the token for it. */
export interface HubAccess {
  readonly endpoint: string;
  /** Sent to this endpoint only. */
  readonly token: string | undefined;
}

/** @throws UsageError if `--hub` or else `HF_ENDPOINT` is no address. */
export function hubAccess(option: string | undefined, env: Terminal['env'] = {}): HubAccess {
  const given = option ?? (env['HF_ENDPOINT'] || HUB_ENDPOINT);
  const endpoint = hubEndpoint(given);
  if (endpoint !== undefined) return { endpoint, token: env['HF_TOKEN'] || undefined };
  const name = option === undefined ? 'HF_ENDPOINT' : '--hub';
  throw new UsageError(`expected ${name} to be the address of a Hub such as ${HUB_ENDPOINT}, got ${given}`);
}

/**
 * Returns how a recipe names the model of the command line: a repository of a Hub, an address, or a folder by its name.
 * @throws UsageError for a name of the Hub that is none.
 */
export function modelSource(text: string, base: string, { endpoint }: HubAccess): ModelSource {
  const hub = text.startsWith('hub:') || text.startsWith(`${HUB_ENDPOINT}/`) ? readHubInput(text) : undefined;
  if (hub) return { kind: 'hub', ...(endpoint === HUB_ENDPOINT ? {} : { endpoint }), ...hub };
  if (text.startsWith('hub:')) throw new UsageError(`expected hub:${HUB_EXPECTED}, got ${text}`);
  if (/^https?:\/\//.test(text)) return { kind: 'url', url: text };
  return { kind: 'local', name: basename(resolve(base, text)) };
}

/** Returns where the model is read from. @throws SourceError if there is no such folder; UsageError as `modelSource`. */
export async function openSource(text: string, base: string, access: HubAccess): Promise<OpenSource> {
  const source = modelSource(text, base, access);
  if (source.kind === 'hub') {
    const { endpoint = HUB_ENDPOINT } = source;
    const isOwn = endpoint === access.endpoint && access.token !== undefined;
    return { ...source, ...(isOwn ? { token: access.token } : {}) };
  }
  if (source.kind === 'url') return source;
  return sourceOf(resolve(base, text));
}

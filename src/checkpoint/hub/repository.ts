import { CheckpointError, type SourceError } from '../errors';
import { decodeText, isRecord, parseJson } from '../json';
import { legible, show } from '../../legible';
import { isPlainFileName } from '../names';
import { refusal, request, type RequestOptions } from '../request';
import { readBody, withRetries } from '../response';
import { HubError } from './errors';

/** A repository of a Hub at one revision, and the rights to read it. */
export interface HubRepository {
  /** Address of the Hub without a final slash. */
  readonly endpoint: string;
  /** `owner/name`. */
  readonly repo: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  /** One file to open in place of the safetensors. */
  readonly file?: string | undefined;
  /** Access token; sent to the endpoint only. */
  readonly token?: string | undefined;
}

/** What a Hub says of a repository at one commit. */
export interface HubListing {
  /** Full commit that the revision stands for. */
  readonly sha: string;
  /** Bytes by path of a file; undefined where the Hub does not say. */
  readonly files: ReadonlyMap<string, number | undefined>;
  /** True if readers must accept conditions first. */
  readonly gated: boolean;
  readonly licence?: string | undefined;
}

const MAX_LISTING_BYTES = 32 * 2 ** 20;
const COMMIT = /^[0-9a-f]{40}$/;

/** True for a full commit, which always stands for the same files. */
export const isCommit = (revision: string): boolean => COMMIT.test(revision);

/** Address of the repository's page. */
export const pageOf = ({ endpoint, repo }: HubRepository): string => `${endpoint}/${repo}`;

/** Address of a file at a commit. */
export const fileUrl = ({ endpoint, repo }: HubRepository, sha: string, file: string): string =>
  `${endpoint}/${repo}/resolve/${sha}/${file.split('/').map(encodeURIComponent).join('/')}`;

/**
 * Resolves the revision to a commit and lists its files, by one request of the Hub's API.
 * @throws HubError if repository or revision do not exist or may not be read; SourceError if the Hub cannot be reached;
 * CheckpointError if it answers something else.
 */
export async function readListing(
  repository: HubRepository,
  options: RequestOptions,
  signal?: AbortSignal,
): Promise<HubListing> {
  const { endpoint, repo, revision } = repository;
  const url = `${endpoint}/api/models/${repo}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const bytes = await withRetries(signal, async () => {
    const response = await request(url, options, undefined, signal);
    if (response.status !== 200) throw await refusal(response, url, options);
    return readBody(response, url, { atMost: MAX_LISTING_BYTES }, options);
  });
  return parseListing(parseJson(decodeText(bytes, url), url), url);
}

/** @throws CheckpointError if `data` is not a listing. */
export function parseListing(data: unknown, name: string): HubListing {
  const { sha, siblings, gated, cardData, tags } = isRecord(data) ? data : {};
  if (typeof sha !== 'string' || !isCommit(sha) || !Array.isArray(siblings)) {
    throw new CheckpointError(
      `${name}: expected a commit (sha) and its files (siblings), got ${show(data)}. Check that this is the address of a Hugging Face Hub.`,
    );
  }
  const files = new Map<string, number | undefined>();
  for (const sibling of siblings as unknown[]) {
    const { rfilename: path, size } = isRecord(sibling) ? sibling : {};
    // Anything else could lead out of the repository; `..` would, in an address.
    if (typeof path !== 'string' || !path.split('/').every(isPlainFileName)) continue;
    files.set(path, Number.isSafeInteger(size) && Number(size) >= 0 ? Number(size) : undefined);
  }
  return {
    sha,
    files,
    gated: gated !== undefined && gated !== false && gated !== null,
    licence: licenceOf(cardData, tags),
  };
}

/** Returns the licence's id from the model card, or else from the tags. */
function licenceOf(card: unknown, tags: unknown): string | undefined {
  const named = isRecord(card) ? card['license'] : undefined;
  if (typeof named === 'string') return legible(named);
  const texts = Array.isArray(tags) ? tags.filter((each) => typeof each === 'string') : [];
  const tag = texts.find((text) => text.startsWith('license:'));
  return tag === undefined ? undefined : legible(tag.slice('license:'.length));
}

/**
 * Returns the error of a request that a Hub refuses (`X-Error-Code`, as read by huggingface_hub:utils/_http.py); undefined if
 * its status says it all. To those without a token it answers 401 for repositories that do not exist, as for private ones.
 */
export function hubRefusal(repository: HubRepository, response: Response): SourceError | undefined {
  const { status, headers } = response;
  const { repo, revision, token } = repository;
  const code = headers.get('X-Error-Code');
  const came = `got status ${status}${code === null ? '' : ` (${code})`}`;
  if (code === 'GatedRepo') {
    const next =
      token === undefined
        ? `Ask for access at ${pageOf(repository)}, then give a token that may read it.`
        : `Ask for access at ${pageOf(repository)} with the account of this token.`;
    return new HubError('GatedRepositoryError', `${repo}: expected access, ${came}: it is gated. ${next}`);
  }
  if (code === 'RevisionNotFound') {
    return new HubError(
      'NoSuchRevisionError',
      `${repo}: expected the revision ${show(revision)}, ${came}: there is none. Take one of those at ${pageOf(repository)}/tree/main, or leave it out.`,
    );
  }
  if (status === 401 && token !== undefined && code !== 'RepoNotFound') {
    return new HubError(
      'NoAccessError',
      `${repo}: expected a token that may read it, ${came}: the token is refused. Make another at ${repository.endpoint}/settings/tokens, or leave it out.`,
    );
  }
  if (status === 401 || status === 403) {
    return new HubError(
      'NoAccessError',
      `${repo}: expected a repository that can be read, ${came}: it is private, or there is none of this name. Check the name, or give a token that may read it.`,
    );
  }
  if (code === 'RepoNotFound' || (status === 404 && code !== 'EntryNotFound')) {
    return new HubError(
      'NoSuchRepositoryError',
      `${repo}: expected a repository at ${repository.endpoint}, ${came}: there is none of this name. Check its spelling.`,
    );
  }
  return undefined;
}

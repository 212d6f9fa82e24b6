/** A model repository on a Hugging Face Hub. */
export interface HubModel {
  /** `owner/name`. */
  readonly repo: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  /** One file of the repository to open, such as a `.gguf`, in place of its safetensors. */
  readonly file?: string;
  /** Address of a Hub other than `HUB_ENDPOINT`, without a final slash. */
  readonly endpoint?: string;
}

export const HUB_ENDPOINT = 'https://huggingface.co';
const MAIN_REVISION = 'main';

export const HUB_EXPECTED = 'owner/name, owner/name@revision or owner/name@revision:file.gguf';

/** Letters, digits, `_`, `-` and `.`; neither `--` nor `..`, no `-` or `.` at an end, as the Hub demands. */
const PART = String.raw`(?![-.])(?![\w.-]*(?:--|\.\.))[\w.-]{1,96}(?<![-.])`;
const REPO = new RegExp(`^${PART}/${PART}$`);
/** Git forbids these in names of branches and tags; `:` begins the file. */
const REVISION = /^(?!.*(?:\.\.|\/\/|@\{))[^\s~^:?*[\]\\]{1,200}$/;
const FILE = /^(?!.*\.\.)[^\s:\\/][^:\\/]{0,199}$/;

export const isHubRepo = (text: string): boolean => REPO.test(text);
export const isHubRevision = (text: string): boolean => REVISION.test(text);
export const isHubFile = (text: string): boolean => FILE.test(text);

/** Returns the address of a Hub without query, fragment and final slash; undefined for anything but http and https. */
export function hubEndpoint(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username || url.password) return undefined;
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/**
 * Writes a model as in links and on the command line: `hub:owner/name@revision:file`. An endpoint stands before the repository
 * (`hub:https://host/owner/name@main`); the revision is always written.
 */
export function writeHub({ repo, revision, file, endpoint }: HubModel): string {
  const where = endpoint === undefined ? '' : `${endpoint}/`;
  return `hub:${where}${repo}@${revision}${file === undefined ? '' : `:${file}`}`;
}

/** Reads what `writeHub` writes; the revision may be left out. Returns undefined for anything else. */
export function readHub(text: string): HubModel | undefined {
  return text.startsWith('hub:') ? readReference(text.slice('hub:'.length)) : undefined;
}

/** Reads what a person gives as a model on the Hub: a reference with or without `hub:`, or the address of its page. */
export function readHubInput(text: string): HubModel | undefined {
  const given = text.trim();
  if (given.startsWith(`${HUB_ENDPOINT}/`)) return readPage(given);
  return readReference(given.replace(/^hub:/, ''));
}

function readReference(text: string): HubModel | undefined {
  const [, endpoint, repo = '', revision = MAIN_REVISION, file] =
    /^(?:(https?:\/\/[^@]+)\/)?([^/@:]+\/[^/@:]+)(?:@([^:]+))?(?::(.+))?$/.exec(text) ?? [];
  return checked({ repo, revision, file, endpoint });
}

/** Reads the address of a page of the Hub, such as https://huggingface.co/owner/name/tree/main. */
function readPage(text: string): HubModel | undefined {
  const path = decoded(new URL(text).pathname.replace(/\/$/, ''));
  const [, repo, revision = MAIN_REVISION, file] =
    /^\/([^/]+\/[^/]+)(?:\/(?:tree|blob|resolve)\/(refs\/pr\/\d+|[^/]+)(?:\/([^/]+))?)?$/.exec(path) ?? [];
  return repo === undefined
    ? undefined
    : checked({ repo, revision, file: file?.endsWith('.gguf') ? file : undefined });
}

/** Returns the empty text for an address that is not UTF-8. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}

function checked(given: {
  repo: string;
  revision: string;
  file?: string | undefined;
  endpoint?: string | undefined;
}): HubModel | undefined {
  const { repo, revision, file } = given;
  if (!isHubRepo(repo) || !isHubRevision(revision) || (file !== undefined && !isHubFile(file)))
    return undefined;
  const endpoint = given.endpoint === undefined ? undefined : hubEndpoint(given.endpoint);
  if (given.endpoint !== undefined && endpoint === undefined) return undefined;
  return {
    repo,
    revision,
    ...(file === undefined ? {} : { file }),
    ...(endpoint === undefined || endpoint === HUB_ENDPOINT ? {} : { endpoint }),
  };
}

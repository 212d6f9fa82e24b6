/** Returns the Hub repository of an address, or the name unchanged if it is no Hub address. */
export function repositoryName(name: string): string {
  const [, repository] = /^https:\/\/huggingface\.co\/([^/]+\/[^/]+)(\/|$)/.exec(name) ?? [];
  return repository ?? name;
}

import { mebibytes } from '../amounts';
import { type Command, table } from './command';
import type { Session } from './session';
import { UsageError, textOf } from './usage';

export const cache: Command = {
  usage: 'cache [--free owner/name|all]',
  summary: 'Lists what is kept of models from the Hub, or frees what is kept of one or of all.',
  options: { free: { value: 'owner/name|all' } },
  async run(parsed, session) {
    if (parsed.positionals.length > 0)
      throw new UsageError(`expected no more than options, got ${parsed.positionals.join(' ')}`);
    const freed = textOf(parsed, 'free');
    if (freed !== undefined) await free(session, freed);
    const kept = await session.run('kept', {});
    const folder = await session.cacheFolder();
    const rows = kept.models.map(({ repo, revision, sha, bytes, used, endpoint }) => [
      `${repo}@${revision}`,
      sha.slice(0, 8),
      mebibytes(bytes),
      used === undefined ? '–' : new Date(used).toISOString().slice(0, 16).replace('T', ' '),
      endpoint,
    ]);
    const total = `${mebibytes(kept.bytes)} in ${folder}`;
    const room = kept.free === undefined ? '' : `, ${mebibytes(kept.free)} are free there`;
    return {
      json: { folder, ...kept },
      text: rows.length === 0 ? `nothing is kept in ${folder}` : `${table(rows)}\n${total}${room}`,
    };
  },
};

/** Frees all models, or those of one repository. @throws UsageError if nothing of it is kept. */
async function free(session: Session, name: string): Promise<void> {
  if (name === 'all') {
    await session.run('freeKept', { id: null });
    return;
  }
  const { models } = await session.run('kept', {});
  const chosen = models.filter(({ repo, revision }) => name === repo || name === `${repo}@${revision}`);
  if (chosen.length === 0) {
    const names = [...new Set(models.map(({ repo }) => repo)), 'all'];
    throw new UsageError(`expected --free to be one of ${names.join(', ')}, got ${name}`);
  }
  for (const { id } of chosen) await session.run('freeKept', { id });
}

import type { HubSummary } from '../../engine/jobs';
import { type Fact, Facts } from '../controls/facts';
import { bytes, count } from '../words/numbers';

/** What a model on a Hub is and what opening it takes. */
export function FoundModel({ summary }: { readonly summary: HubSummary }) {
  const facts: readonly Fact[] = [
    ['Model', `${summary.architecture}, ${summary.layers} blocks`],
    ['Parameters', count(summary.parameters)],
    ['Licence', `${summary.licence ?? 'not stated'}${summary.gated ? ', gated' : ''}`],
    ['All weights', bytes(summary.weightBytes)],
    ...(summary.firstBytes === undefined
      ? []
      : [['First plan', `${bytes(summary.firstBytes)} of them`] as const]),
    ['Commit', summary.sha.slice(0, 12)],
  ];
  return (
    <section aria-label="Found" role="status">
      <p>
        <a href={summary.page} target="_blank" rel="noreferrer">
          {summary.repo}
        </a>{' '}
        is there. The rest is read when a view needs it: evaluating and exporting read all weights once.
      </p>
      <Facts facts={facts} />
    </section>
  );
}

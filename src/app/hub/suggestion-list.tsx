import { SUGGESTIONS } from './suggestions';

/** Suggested models, each a button. */
export function SuggestionList({ onChoose }: { readonly onChoose: (repo: string) => void }) {
  return (
    <section aria-labelledby="hub-suggested">
      <h3 id="hub-suggested">Small ones to begin with</h3>
      <ul className="hub-models">
        {SUGGESTIONS.map(({ repo, parameters, gigabytes, licence, gated, goodFor }) => (
          <li key={repo}>
            <button type="button" onClick={() => onChoose(repo)}>
              <span className="hub-name">{repo}</span>
              <span className="hub-facts">
                {parameters} · {gigabytes} GB · {licence}
                {gated === true && ' · gated'}
              </span>
              <small>{goodFor}</small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

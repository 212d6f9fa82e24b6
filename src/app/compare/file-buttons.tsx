import { useRef } from 'react';
import { ActionButton } from '../controls/action-button';
import { download } from '../files/download';
import { MAX_RESULTS_BYTES, fileText } from '../files/file-text';
import { writeResults } from '../store/compare/saved-result';
import { toFailure } from '../store/core/failure';
import { notify } from '../store/session/notices';
import { useApp, useAppState } from '../store/use-app';
import { results, toCsv } from './results-file';
import type { ArmRow } from './rows';

const NAME = 'interlayer-comparison';

/** Buttons that save results as CSV or JSON, and open saved JSON to compare with new results. */
export function FileButtons({ rows }: { rows: readonly ArmRow[] }) {
  const { store, compare } = useApp();
  const imported = useAppState((state) => state.compare.imported.length);
  const file = useRef<HTMLInputElement>(null);
  const known = rows.filter(({ saved }) => saved !== undefined);
  return (
    <div className="row wrap">
      <ActionButton
        className="button"
        unavailable={known.length === 0 ? 'No arm is evaluated yet' : undefined}
        onClick={() => download(new Blob([toCsv(known)], { type: 'text/csv' }), `${NAME}.csv`)}
      >
        CSV
      </ActionButton>
      <ActionButton
        className="button"
        unavailable={known.length === 0 ? 'No arm is evaluated yet' : undefined}
        onClick={() =>
          download(new Blob([writeResults(results(known), 2)], { type: 'application/json' }), `${NAME}.json`)
        }
      >
        JSON
      </ActionButton>
      <button type="button" className="button" onClick={() => file.current?.click()}>
        Import JSON…
      </button>
      {imported > 0 && (
        <button type="button" className="link-button" onClick={compare.forgetImported}>
          Remove imported
        </button>
      )}
      <input
        ref={file}
        type="file"
        accept=".json,application/json"
        hidden
        aria-label="Results file"
        onChange={({ target }) => {
          const picked = target.files?.[0];
          target.value = '';
          if (!picked) return;
          fileText(picked, MAX_RESULTS_BYTES, 'a file of results').then(
            (text) => compare.importResults(picked.name, text),
            (error: unknown) =>
              notify(store, 'error', `${picked.name} could not be read`, toFailure(error).message),
          );
        }}
      />
    </div>
  );
}

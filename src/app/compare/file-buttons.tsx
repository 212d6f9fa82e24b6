import { useRef } from 'react';
import { ActionButton } from '../controls/action-button';
import { download } from '../files/download';
import { TextFileInput } from '../controls/text-file-input';
import { MAX_RESULTS_BYTES } from '../files/file-text';
import { writeResults } from '../store/compare/saved-result';
import { useApp, useAppState } from '../store/use-app';
import { results, toCsv } from './results-file';
import type { ArmRow } from './rows';

const NAME = 'interlayer-comparison';

/** Buttons that save results as CSV or JSON, and open saved JSON to compare with new results. */
export function FileButtons({ rows }: { rows: readonly ArmRow[] }) {
  const { compare } = useApp();
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
      <TextFileInput
        input={file}
        label="Results file"
        accept=".json,application/json"
        most={MAX_RESULTS_BYTES}
        what="a file of results"
        onText={({ name, content }) => compare.importResults(name, content)}
      />
    </div>
  );
}

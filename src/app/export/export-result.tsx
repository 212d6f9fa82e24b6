import { moduleName } from '../methods/block-names';
import type { ExportResult } from '../../engine/jobs';
import { bytes, count } from '../words/numbers';
import { MeasuredLosses } from './loss-check';

/** Summary of the written checkpoint, with the names of the new tensors to train. */
export function ExportResultPanel({ result, name }: { result: ExportResult; name: string }) {
  return (
    <div className="export-result" role="status">
      <h3>Written</h3>
      <dl className="pairs">
        <div>
          <dt>{result.blob ? 'archive' : 'folder'}</dt>
          <dd>{result.blob ? `${name}.zip` : name}</dd>
        </div>
        <div>
          <dt>blocks</dt>
          <dd>
            {result.layers}, new: {result.newLayers.map(moduleName).join(', ')}
          </dd>
        </div>
        <div>
          <dt>parameters</dt>
          <dd>{count(result.parameters)}</dd>
        </div>
        <div>
          <dt>size</dt>
          <dd>{bytes(result.bytes)}</dd>
        </div>
        <div>
          <dt>verified</dt>
          <dd className="wrap">
            All {count(result.tensors)} tensors were read back and are what was written;{' '}
            {count(result.unchanged)} are the base model’s, byte for byte
            {result.rounded > 0 && `, ${count(result.rounded)} are rounded`}.
            {result.blob && ' The copy that the browser downloads cannot be read here: compare its hashes.'}
          </dd>
        </div>
      </dl>
      <MeasuredLosses />
      <details>
        <summary>{result.files.length} files, with SHA-256</summary>
        <dl className="pairs">
          {result.files.map((file) => (
            <div key={file.name}>
              <dt>{file.name}</dt>
              <dd>{bytes(file.bytes)}</dd>
            </div>
          ))}
        </dl>
        <label className="train-names">
          SHA-256 of the files, as sha256sum -c reads them
          <textarea
            readOnly
            rows={4}
            wrap="off"
            value={result.files
              .map(({ sha256 = 'not read back', name: file }) => `${sha256}  ${file}`)
              .join('\n')}
            onFocus={(event) => event.target.select()}
          />
        </label>
      </details>
      <label className="train-names">
        Parameters to train, everything else stays frozen
        <textarea
          readOnly
          rows={Math.min(6, result.newLayers.length)}
          value={result.newLayers.map((layer) => `model.layers.${layer}.*`).join('\n')}
          onFocus={(event) => event.target.select()}
        />
      </label>
    </div>
  );
}

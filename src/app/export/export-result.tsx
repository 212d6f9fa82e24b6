import type { ExportResult } from '../../engine/jobs';
import { bytes, count } from '../words/numbers';
import { SelfCheck } from './self-check';

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
            {result.layers}, new: {result.newLayers.join(', ')}
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
          <dt>function</dt>
          <dd className="wrap">
            <SelfCheck />
          </dd>
        </div>
        <div>
          <dt>files</dt>
          <dd className="wrap">{result.files.join(', ')}</dd>
        </div>
      </dl>
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

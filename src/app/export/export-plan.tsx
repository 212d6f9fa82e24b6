import { useEffect } from 'react';
import { roughDuration } from '../../amounts';
import { Term } from '../glossary/term';
import { methodInfo } from '../methods/methods';
import { addedParameters, deeperDepth } from '../methods/gaps';
import { forecastKey, forecastOf } from '../store/derived/forecast';
import { useApp, useAppState } from '../store/use-app';
import { bytes, count } from '../words/numbers';
import { FileNames } from './file-names';
import { blockNames } from '../methods/block-names';
import { savedBytes } from './saved-size';

/** Summary of the checkpoint to write. */
export function ExportPlan({ name }: { name: string }) {
  const info = useAppState((state) => state.model.info);
  const recipe = useAppState((state) => state.recipe.current);
  const dtype = useAppState((state) => state.exporting.dtype);
  if (info === undefined) return null;
  const blocks = blockNames(recipe, info.layers).filter(({ kind }) => kind !== 'base');
  const added = addedParameters(recipe, info);
  return (
    <dl className="pairs">
      <div>
        <dt>folder</dt>
        <dd>{name}</dd>
      </div>
      <div>
        <dt>method</dt>
        <dd>
          {recipe.method} ({methodInfo(recipe.method).title})
        </dd>
      </div>
      <div>
        <dt>
          <Term id="deeper-model">depth</Term>
        </dt>
        <dd>
          {info.layers} → {deeperDepth(recipe, info.layers)} blocks
        </dd>
      </div>
      <div>
        <dt>new blocks</dt>
        <dd>{blocks.map(({ name: block }) => block).join(', ') || 'none'}</dd>
      </div>
      <div>
        <dt>parameters</dt>
        <dd>
          {count(info.parameters)} {added < 0 ? '−' : '+'} {count(Math.abs(added))}
        </dd>
      </div>
      <Work />
      <div>
        <dt>files</dt>
        <dd className="wrap">
          <FileNames weights={savedBytes(info, recipe, dtype)} />
        </dd>
      </div>
    </dl>
  );
}

/** Time and memory of making the new blocks, and a quicker method if that takes long. */
function Work() {
  const { exporting } = useApp();
  const key = useAppState(forecastKey);
  const forecast = useAppState(forecastOf);
  useEffect(() => void exporting.forecast(key), [exporting, key]);
  useEffect(() => exporting.cancelForecast, [exporting]);
  if (forecast === undefined || forecast.blocks === 0) return null;
  const { seconds, deviceBytes, temporaryBytes, quicker } = forecast;
  return (
    <div>
      <dt>work</dt>
      <dd className="wrap">
        about {roughDuration(seconds)} and {bytes(deviceBytes)} of memory
        {temporaryBytes > 0 && `, ${bytes(temporaryBytes)} of temporary files`}
        {quicker && `; with ${quicker.method} about ${roughDuration(quicker.seconds)}`}
      </dd>
    </div>
  );
}

import { methodInfo } from '../methods/methods';
import { addedParameters, deeperDepth, newBlocks } from '../methods/gaps';
import { useAppState } from '../store/use-app';
import { count } from '../words/numbers';
import { FileNames } from './file-names';
import { savedBytes } from './saved-size';

/** Summary of the checkpoint to write. */
export function ExportPlan({ name }: { name: string }) {
  const info = useAppState((state) => state.model.info);
  const recipe = useAppState((state) => state.recipe.current);
  const dtype = useAppState((state) => state.exporting.dtype);
  if (info === undefined) return null;
  const blocks = newBlocks(recipe, info.layers);
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
        <dt>depth</dt>
        <dd>
          {info.layers} → {deeperDepth(recipe, info.layers)} blocks
        </dd>
      </div>
      <div>
        <dt>new blocks</dt>
        <dd>{blocks.join(', ') || 'none'}</dd>
      </div>
      <div>
        <dt>parameters</dt>
        <dd>
          {count(info.parameters)} {added < 0 ? '−' : '+'} {count(Math.abs(added))}
        </dd>
      </div>
      <div>
        <dt>files</dt>
        <dd className="wrap">
          <FileNames weights={savedBytes(info, recipe, dtype)} />
        </dd>
      </div>
    </dl>
  );
}

import { methodInfo } from '../methods/methods';
import { addedParameters, deeperDepth, newBlocks } from '../methods/gaps';
import { useAppState } from '../store/use-app';
import { count } from '../words/numbers';
import { SelfCheck } from './self-check';

/** Summary of the checkpoint to write. */
export function ExportPlan({ name }: { name: string }) {
  const info = useAppState((state) => state.model.info);
  const recipe = useAppState((state) => state.recipe.current);
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
          weights (.safetensors), config.json, tokenizer files, README.md, interlayer.json
        </dd>
      </div>
      <div>
        <dt>function</dt>
        <dd className="wrap">
          <SelfCheck />
        </dd>
      </div>
    </dl>
  );
}

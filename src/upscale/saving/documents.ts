import { architectureOf } from '../../llama/config';
import { methodOf } from '../methods';
import { type CardFacts, modelCard, recipeText } from './card';
import { mergekitText } from './mergekit';
import { repositoryName } from './repository-name';
import trainingNotes from './training/train.md?raw';
import trainingScript from './training/train.py?raw';

/** The JSON in `train.py` that says what is new; the rest of the script is the same for every checkpoint. */
const MADE = /(?<=^MADE = json\.loads\("""\n)[^\n]*$/m;

/** Returns the text files of a deeper checkpoint by name. `mergekit.yaml` is there where mergekit makes the same model. */
export function documentsOf(facts: CardFacts): Record<string, string> {
  const { expansion, recipe, config, baseName, trained } = facts;
  // Training may have changed blocks that were copies.
  const yaml = trained ? undefined : mergekitText(expansion, recipe, config.layers, repositoryName(baseName));
  return {
    'README.md': modelCard(facts, yaml),
    'interlayer.json': recipeText(recipe, expansion, trained),
    ...(yaml === undefined ? {} : { 'mergekit.yaml': yaml }),
    'train.md': trainingNotes,
    'train.py': trainingScript.replace(MADE, () => JSON.stringify(madeOf(facts))),
  };
}

/** What `train.py` has to know of the model: by default it trains what the method's authors train. */
function madeOf({ expansion: { newLayers, method }, config }: CardFacts): object {
  const all = methodOf(method).trains === 'all' || newLayers.length === 0;
  return {
    blocks_prefix: architectureOf(config).layers,
    new_blocks: newLayers,
    train: all ? 'all' : 'new',
  };
}

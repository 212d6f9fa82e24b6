import { countParameters } from '../llama/block';
import type { LlamaConfig } from '../llama/config';
import { architectureOf } from '../llama/config';
import type { Recipe } from '../recipe/schema';
import type { Expansion } from './expand';
import { METHODS } from './methods';

/** What a card says of an export. */
export interface CardFacts {
  readonly expansion: Expansion;
  readonly recipe: Recipe;
  readonly config: LlamaConfig;
  /** Name or address of the base model. */
  readonly baseName: string;
}

/** The text of interlayer.json: the recipe, and where its new blocks stand in the deeper model. */
export const recipeText = (recipe: Recipe, expansion: Expansion): string =>
  `${JSON.stringify({ ...recipe, newLayers: expansion.newLayers }, null, 2)}\n`;

/** A Hub repository's name where the address is one's, else the name as it is. */
function repositoryName(name: string): string {
  const [, repository] = /^https:\/\/huggingface\.co\/([^/]+\/[^/]+)(\/|$)/.exec(name) ?? [];
  return repository ?? name;
}

const thousands = (count: number): string => count.toLocaleString('en-US');
const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** The model card (README.md) of a deeper checkpoint. */
export function modelCard({ expansion, recipe, config, baseName }: CardFacts): string {
  const method = METHODS[expansion.method];
  const base = repositoryName(baseName);
  const depth = config.layers + expansion.blocks.length;
  const prefix = architectureOf(config).layers;
  const names = [...(expansion.blocks[0]?.tensors.keys() ?? [])];
  return `---
library_name: transformers
base_model: ${JSON.stringify(base)}
tags:
- llama
- depth-up-scaling
- interlayer
---

# ${base}, ${depth} blocks

A depth up-scaled copy of ${base}: ${config.layers} blocks became ${depth}, ${thousands(countParameters(config))} parameters
became ${thousands(expansion.parameters)}. It has **not been trained** since. Made with Interlayer; \`interlayer.json\` beside this
file is the complete recipe.

| | |
| --- | --- |
| method | \`${method.id}\`: ${method.title} |
| gaps (new block after base block) | ${expansion.gaps.join(', ')} |
| new blocks in this model | ${expansion.newLayers.join(', ')} |
| output projections of new blocks | ${expansion.zeroInit ? 'zero' : 'not zeroed'} |
${method.flow?.plan === 'entropic' ? solverRows(recipe) : ''}
## What the new blocks are

${method.description}${inheritance(method.parents)}

${
  expansion.zeroInit
    ? '`o_proj` and `down_proj` of every new block are zero, so each new block passes its input through unchanged and the ' +
      'model computes what its base computes until it is trained.'
    : 'The output projections are not zeroed: the new blocks change what the model computes, and it is usually worse than ' +
      'its base until it is trained.'
}

## Training

Depth up-scaling as published trains the new blocks only and freezes the rest:

\`\`\`python
new_layers = [${expansion.newLayers.join(', ')}]
for name, parameter in model.named_parameters():
    parameter.requires_grad = any(name.startswith(f"${prefix}{i}.") for i in new_layers)
\`\`\`

That is ${plural(names.length * expansion.blocks.length, 'tensor')}: in each of the new blocks
${names.map((name) => `\`${name}\``).join(', ')}.

## Precision

All tensors of the base model are byte for byte the base's. Tensors of new blocks that were computed are stored in float32; zeros
and exact copies have the base's dtype. Load with \`dtype=torch.float32\` for exactly these values.

## Sources

* Cao, Aletras, Wang, *Progressive Depth Up-scaling via Optimal Transport*, [arXiv 2508.08011](https://arxiv.org/abs/2508.08011).
${method.id === 'llama-pro' ? '* Wu et al., *LLaMA Pro: Progressive LLaMA with Block Expansion*, [arXiv 2401.02415](https://arxiv.org/abs/2401.02415).\n' : ''}
The licence is the base model's: see there.
`;
}

const solverRows = ({ solver, seed }: Recipe): string =>
  `| ε | ${solver.epsilon} (in units of the Euclidean distance between weight rows) |
| solver | log-domain Sinkhorn, L1 column error ≤ ${solver.tolerance}, at most ${solver.maxIterations} iterations, seed ${seed} |
`;

const inheritance = (parents: 'pair' | 'previous'): string =>
  parents === 'pair' ? ' Both parents of a new block are base blocks: those on both sides of its gap.' : '';

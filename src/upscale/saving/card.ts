import { gapName } from '../../recipe/gap-name';
import { countParameters } from '../../llama/block';
import type { LlamaConfig } from '../../llama/config';
import { architectureOf } from '../../llama/config';
import type { Recipe } from '../../recipe/schema';
import { type Row, settingRows } from './card-settings';
import type { Expansion } from '../expanding/expansion';
import { methodOf } from '../methods';
import { isLayout } from '../contract/method';
import { repositoryName } from './repository-name';
import type { SavedTensor } from './save';

/** The facts that a model card states. */
export interface CardFacts {
  readonly expansion: Expansion;
  readonly recipe: Recipe;
  readonly config: LlamaConfig;
  /** Name or address of the base model. */
  readonly baseName: string;
  /** Text of the base model's own card, if it has one. */
  readonly baseCard?: string | undefined;
  readonly tensors: readonly SavedTensor[];
  /** Losses on a text, if they were measured. */
  readonly losses?: SavedLosses | undefined;
  /** The training after the expansion, if there was one. */
  readonly trained?: Trained;
}

/** The facts of a training that a model card states. */
export interface Trained {
  readonly steps: number;
  /** Number of predictions that counted in the loss. */
  readonly tokens: number;
  readonly parameters: number;
  /** Names of the trained tensors. */
  readonly tensors: readonly string[];
  readonly texts: readonly string[];
  /** Losses before the first step and after the last, by what they were measured on. */
  readonly losses: Readonly<Record<string, readonly [before: number, after: number]>>;
}

/** Mean losses per token, in nats, on the same text. */
export interface SavedLosses {
  /** Name of the text. */
  readonly text: string;
  /** Predicted tokens. */
  readonly tokens: number;
  readonly base: number;
  /** Of the deeper model as computed, in float32. */
  readonly exact: number;
  /** Of the deeper model as it is saved, its computed tensors rounded. */
  readonly saved: number;
}

/**
 * Returns the text of interlayer.json: the recipe, indices of new blocks and of copies of base blocks, and the trained
 * tensors. After a training no block is listed as a copy, because training may have changed it.
 */
export function recipeText(recipe: Recipe, { newLayers, duplicates }: Expansion, trained?: Trained): string {
  const copies = duplicates.size > 0 && !trained ? { duplicates: Object.fromEntries(duplicates) } : {};
  return `${JSON.stringify({ ...recipe, newLayers, ...copies, ...(trained ? { trained } : {}) }, null, 2)}\n`;
}

const thousands = (count: number): string => count.toLocaleString('en-US');
const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** Returns the model card (README.md) of a deeper checkpoint. `yaml` is the mergekit configuration of the same model, if there is one. */
export function modelCard(facts: CardFacts, yaml?: string): string {
  const { expansion, recipe, config } = facts;
  const method = methodOf(expansion.method);
  const base = repositoryName(facts.baseName);
  return `---
library_name: transformers
${licenceLines(facts.baseCard)}base_model: ${JSON.stringify(base)}
tags:
- ${architectureOf(config).modelType}
- depth-up-scaling
- interlayer
---

# ${base}, ${expansion.places.length} blocks

A depth up-scaled copy of ${base}: ${config.layers} blocks became ${expansion.places.length}, ${thousands(countParameters(config))} parameters
became ${thousands(expansion.parameters)}. ${facts.trained ? `It was trained since for ${plural(facts.trained.steps, 'step')}` : 'It has **not been trained** since'}. Made with Interlayer; \`interlayer.json\` beside this
file is the complete recipe.

| | |
| --- | --- |
| method | \`${method.id}\`: ${method.title} |
${[...placeRows(expansion), ...settingRows(recipe)].map(([name, value]) => `| ${name} | ${value} |\n`).join('')}
## What the new blocks are

${method.meaning}${!isLayout(method) && method.parents === 'pair' ? inheritance(recipe) : ''}

${effect(expansion)}
${yaml === undefined ? '' : mergekitSection(yaml)}${lossSection(facts)}
## Training

${facts.trained ? trainedWords(facts.trained, recipe) : training(facts)}

\`train.py\` beside this file trains ${facts.trained ? 'on' : 'it'}, on one GPU or several: see \`train.md\`.

## Precision

${precision(facts)}

## Sources

* Cao, Aletras, Wang, *Progressive Depth Up-scaling via Optimal Transport*, [arXiv 2508.08011](https://arxiv.org/abs/2508.08011).
${(method.sources ?? []).map((source) => `* ${source}\n`).join('')}
The licence is the base model's${licenceLines(facts.baseCard) === '' ? ': see there' : ', as named above'}.
`;
}

function placeRows({ method, gaps, newLayers, duplicates, zeroInit, sources }: Expansion): Row[] {
  if (isLayout(methodOf(method))) {
    const copies = [...duplicates].map(([index, of]) => `${index} (of ${of})`);
    return [
      ['base block of every block', sources.join(', ')],
      ...(copies.length > 0 ? [['further copies', copies.join(', ')] as const] : []),
    ];
  }
  return [
    ['gaps', gaps.map((gap) => gapName(gap, Math.max(...sources) + 1)).join(', ')],
    ['new blocks in this model', newLayers.map((index) => `model.layers.${index}`).join(', ')],
    ['output projections of new blocks', zeroInit ? 'zero' : 'not zeroed'],
  ];
}

function inheritance({ parents }: Recipe): string {
  const chosen = Object.entries(parents).map(
    ([gap, [previous, next]]) => `gap ${gapName(Number(gap))}: ${previous} and ${next}`,
  );
  return chosen.length > 0
    ? ` Both parents of a new block are base blocks: those on both sides of its gap, but for ${chosen.join('; ')}.`
    : ' Both parents of a new block are base blocks: those on both sides of its gap.';
}

function effect({ preserving, zeroInit, method }: Expansion): string {
  if (preserving && !isLayout(methodOf(method)) && zeroInit)
    return (
      '`o_proj` and `down_proj` of every new block are zero, so each new block passes its input through unchanged and the ' +
      'model computes what its base computes until it is trained.'
    );
  if (preserving)
    return 'The model computes what its base computes until it is trained: what was added passes its input through unchanged.';
  return isLayout(methodOf(method))
    ? 'The order of blocks is not the base model’s: the model computes something else than its base, and is usually worse until ' +
        'it is trained.'
    : 'The output projections are not zeroed: the new blocks change what the model computes, and it is usually worse than ' +
        'its base until it is trained.';
}

const mergekitSection = (yaml: string): string => `
## The same with mergekit

\`mergekit.yaml\` beside this file is

\`\`\`yaml
${yaml}\`\`\`
`;

/** The lines of a card's front matter that name its licence; empty if there are none. */
function licenceLines(card = ''): string {
  const [, front = ''] = /^---\r?\n([^]*?)\r?\n---/.exec(card) ?? [];
  return front
    .split(/\r?\n/)
    .filter((line) => /^license(_name|_link)?:\s*\S/.test(line))
    .map((line) => `${line}\n`)
    .join('');
}

function lossSection({ losses, trained }: CardFacts): string {
  const rows: Row[] = losses
    ? [
        ['base model', losses.base.toFixed(4)],
        ['this model, as computed', losses.exact.toFixed(4)],
        ['this model, as saved', losses.saved.toFixed(4)],
      ]
    : [];
  const trainedRows = Object.entries(trained?.losses ?? {}).map(([name, [before, after]]): Row => [
    `${name}, before and after training`,
    `${before.toFixed(4)}, ${after.toFixed(4)}`,
  ]);
  if (rows.length + trainedRows.length === 0) return '';
  const text = losses ? `, on ${thousands(losses.tokens)} tokens of ${losses.text}` : '';
  return `
## Losses

Mean loss per token in nats${text}.

| | |
| --- | --- |
${[...rows, ...trainedRows].map(([name, value]) => `| ${name} | ${value} |\n`).join('')}`;
}

function precision({ tensors, trained, recipe: { dtype, outDtype } }: CardFacts): string {
  const stored = outDtype ?? dtype;
  if (stored !== null)
    return dtype === null || dtype === stored
      ? `All tensors are stored in ${stored}, rounded to nearest even.`
      : `All tensors are rounded to ${dtype}, to nearest even, and stored in ${stored}.`;
  const computed = new Set(tensors.flatMap(({ values, dtype }) => (values ? [dtype] : [])));
  const others = `All tensors of the base model${trained ? ' that were not trained' : ''} are byte for byte the base's, and so are exact copies of them.`;
  if (computed.size === 0) return others;
  const which = `Tensors that were computed${trained ? ' or trained' : ''}`;
  return computed.size === 1 && computed.has('F32')
    ? `${others} ${which} are in float32, exactly; load with \`dtype=torch.float32\` for these values.`
    : `${others} ${which} are rounded to nearest even from float32 to the base's ${[...computed].join(' and ')}.`;
}

function trainedWords(
  { steps, tokens, parameters, tensors, texts }: Trained,
  { training: { rate, schedule, weightDecay, batch, accumulation, context, seed } }: Recipe,
): string {
  return `Trained for ${plural(steps, 'step')} of AdamW on ${thousands(tokens)} tokens of ${texts.join(' and ')}: batches of
${batch * accumulation} windows of ${context} tokens, learning rate ${rate} (${schedule}), weight decay ${weightDecay}, seed ${seed}.
${thousands(parameters)} parameters in ${plural(tensors.length, 'tensor')} were trained and all others frozen.`;
}

function training({ expansion, config }: CardFacts): string {
  const { newLayers, blocks } = expansion;
  if (methodOf(expansion.method).trains === 'all')
    return 'Published uses of this method train the whole model.';
  const prefix = architectureOf(config).layers;
  const names = [...(blocks[0]?.tensors.keys() ?? [])];
  return `Depth up-scaling as published trains the new blocks only and freezes the rest:

\`\`\`python
new_layers = [${newLayers.join(', ')}]
for name, parameter in model.named_parameters():
    parameter.requires_grad = any(name.startswith(f"${prefix}{i}.") for i in new_layers)
\`\`\`

That is ${plural(names.length * blocks.length, 'tensor')}: in each of the new blocks
${names.map((name) => `\`${name}\``).join(', ')}.`;
}

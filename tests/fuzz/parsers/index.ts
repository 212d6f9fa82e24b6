import type { Fuzzed } from '../parser';
import { modelCard } from './card';
import { modelConfig, unknownModel } from './config';
import { ggufModel } from './gguf';
import { draft, lessonFile, translation } from './lesson';
import { mergekitFile } from './mergekit';
import { hubName, link, recipeFile } from './recipe';
import { safetensorsFile, shardIndex } from './safetensors';
import { hubListing, keptModels, keptSettings, results } from './stored';
import { pairs, savedRace, texts, trainingState } from './training';
import { tokenizerFiles } from './tokenizer';
import { pickedZip } from './zip';

/** Every parser of what comes from outside: files, addresses, servers and the browser's own storage. */
export const PARSERS: readonly Fuzzed[] = [
  safetensorsFile,
  shardIndex,
  modelConfig,
  unknownModel,
  tokenizerFiles,
  ggufModel,
  recipeFile,
  link,
  hubName,
  lessonFile,
  translation,
  draft,
  mergekitFile,
  trainingState,
  savedRace,
  texts,
  pairs,
  results,
  pickedZip,
  keptSettings,
  hubListing,
  keptModels,
  modelCard,
];

const TEXT_FILE = /\.(txt|jsonl|ndjson)$/i;
/** JSON files that lie beside a model's weights. */
const MODEL_FILE =
  /(^|\.)index\.json$|^(.*_)?config\.json$|^(tokenizer|vocab|added_tokens|special_tokens_map)\.json$/i;

/** Says what dropped files are, by their names: a lesson is one JSON file that is no part of a model. */
export function kindOfDrop(names: readonly string[]): 'lesson' | 'texts' | 'model' {
  const [name = '', ...others] = names;
  if (others.length === 0 && /\.json$/i.test(name) && !MODEL_FILE.test(name)) return 'lesson';
  return names.length > 0 && names.every((each) => TEXT_FILE.test(each)) ? 'texts' : 'model';
}

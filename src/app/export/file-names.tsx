import { bytes } from '../words/numbers';

/** The files that an export writes. @param weights their estimated bytes, if known. */
export function FileNames({ weights }: { weights?: number | undefined }) {
  return (
    <>
      weights (.safetensors{weights !== undefined && `, about ${bytes(weights)}`}), config.json, tokenizer
      files, README.md, interlayer.json, train.py, train.md, mergekit.yaml if mergekit makes the same
    </>
  );
}

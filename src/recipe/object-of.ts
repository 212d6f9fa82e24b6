import * as v from 'valibot';

/**
 * Returns a schema of an object that has these fields and no others. Unlike `v.strictObject` it refuses lists, which would be
 * taken for an object without fields, and so for all defaults.
 */
export function objectOf<const Entries extends v.ObjectEntries>(entries: Entries) {
  const schema = v.strictObject(entries);
  return v.pipe(
    v.custom<v.InferInput<typeof schema>>((value) => !Array.isArray(value), 'expected an object'),
    schema,
  );
}

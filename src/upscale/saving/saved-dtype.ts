/**
 * What computed and trained tensors are saved in: the dtype of the base's tensor of the same kind, rounded to nearest even, or
 * exact float32. Copies and zeros are exact in either and keep the base's dtype.
 */
export const SAVED_DTYPES = ['source', 'f32'] as const;
export type SavedDType = (typeof SAVED_DTYPES)[number];

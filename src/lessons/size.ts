/** Largest file of a lesson, in bytes. */
export const MAX_LESSON_BYTES = 256 * 1024;

import type { BaseIssue } from 'valibot';

/** What a check found in a field, in words: “nothing” for a field that is missing. */
export const received = (issue: BaseIssue<unknown>): string =>
  issue.received === 'undefined' ? 'nothing' : issue.received;

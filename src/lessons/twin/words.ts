import type { ShuffledPart } from './parts';

/** Words of the activities on shuffled blocks. */
export interface TwinWords {
  readonly shuffle: string;
  readonly average: string;
  readonly find: string;
  readonly averageAgain: string;
  /** Why a button must wait for the one before it. */
  readonly notYet: string;
  readonly done: string;
  readonly working: string;
  readonly failed: string;
  readonly losses: string;
  readonly base: string;
  readonly copy: string;
  readonly averaged: string;
  readonly aligned: string;
  readonly unknown: string;
  readonly units: (units: number) => string;
  readonly ofBlock: string;
  readonly ofCopy: string;
  readonly ofFound: string;
  readonly parts: Readonly<Record<ShuffledPart, string>>;
  readonly measure: (part: string) => string;
}

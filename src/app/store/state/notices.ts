export interface Notice {
  readonly id: number;
  readonly tone: 'info' | 'error';
  readonly title: string;
  readonly text?: string;
}

/** A state that has this part. */
export interface WithNotices {
  readonly notices: readonly Notice[];
}

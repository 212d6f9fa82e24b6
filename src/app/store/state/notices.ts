export interface Notice {
  readonly id: number;
  readonly tone: 'info' | 'error';
  readonly title: string;
  readonly text?: string;
  /**
   * What the person can do about it: open the model that could not be opened, or the one that is open, once more; or start the
   * engine again.
   */
  readonly offer?: 'try again' | 'open again' | 'start again';
}

export interface WithNotices {
  readonly notices: readonly Notice[];
}

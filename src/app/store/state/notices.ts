export interface Notice {
  readonly id: number;
  readonly tone: 'info' | 'error';
  readonly title: string;
  readonly text?: string;
}

export interface WithNotices {
  readonly notices: readonly Notice[];
}

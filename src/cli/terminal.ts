/** Outputs of a command, the folder for relative paths, and the environment it runs in. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** True if standard error is a terminal, so that progress is shown. */
  readonly isTTY: boolean;
  readonly base: string;
  /** HF_ENDPOINT, HF_TOKEN and INTERLAYER_CACHE are read. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

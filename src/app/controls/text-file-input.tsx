import type { RefObject } from 'react';
import { fileText } from '../files/file-text';
import { toFailure } from '../store/core/failure';
import { notify } from '../store/session/notices';
import { useApp } from '../store/use-app';

interface Props {
  /** Its `click` opens the browser's dialog. */
  readonly input: RefObject<HTMLInputElement | null>;
  readonly label: string;
  /** As the attribute `accept`. */
  readonly accept: string;
  /** Largest size in bytes. */
  readonly most: number;
  /** What the file should be, for example `a text`. */
  readonly what: string;
  readonly onText: (file: { readonly name: string; readonly content: string }) => void;
}

/** Hidden field that takes a file as text; if it cannot be read, a notice says why. */
export function TextFileInput({ input, label, accept, most, what, onText }: Props) {
  const { store } = useApp();
  return (
    <input
      ref={input}
      type="file"
      accept={accept}
      hidden
      aria-label={label}
      onChange={({ target }) => {
        const picked = target.files?.[0];
        target.value = '';
        if (!picked) return;
        const { name } = picked;
        fileText(picked, most, what).then(
          (content) => onText({ name, content }),
          (error: unknown) => notify(store, 'error', `${name} could not be read`, toFailure(error).message),
        );
      }}
    />
  );
}

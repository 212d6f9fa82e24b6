import { useEffect, useState } from 'react';
import { CheckIcon } from './icons';

interface CopyButtonProps {
  readonly label: string;
  readonly title?: string;
  /** Returns the text to copy. */
  readonly text: () => string;
}

/** Copies a text; shows it to be copied by hand where the browser refuses. */
export function CopyButton({ label, title, text }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  const [refused, setRefused] = useState<string>();

  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2500);
    return () => clearTimeout(timer);
  }, [copied]);

  async function copy(): Promise<void> {
    const words = text();
    try {
      await navigator.clipboard.writeText(words);
      setCopied(true);
      setRefused(undefined);
    } catch {
      setRefused(words);
    }
  }

  return (
    <>
      <button type="button" className="button" title={title} onClick={() => void copy()}>
        {copied && <CheckIcon />}
        <span aria-live="polite">{copied ? 'Copied' : label}</span>
      </button>
      {refused !== undefined && (
        <label className="copy-refused">
          <span role="alert">This browser did not let the page copy; copy the text from here.</span>
          <textarea readOnly rows={8} value={refused} onFocus={({ target }) => target.select()} />
        </label>
      )}
    </>
  );
}

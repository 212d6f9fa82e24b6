import { useEffect, useState } from 'react';
import { CheckIcon } from '../controls/icons';
import { type PanelData, reportText } from './report-text';

/** Copies the panel as text; shows the text to be copied by hand where the browser refuses. */
export function CopyButton({ data }: { readonly data: PanelData }) {
  const [copied, setCopied] = useState(false);
  const [refused, setRefused] = useState<string>();

  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2500);
    return () => clearTimeout(timer);
  }, [copied]);

  async function copy(): Promise<void> {
    const text = reportText(data);
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setRefused(undefined);
    } catch {
      setRefused(text);
    }
  }

  return (
    <>
      <button
        type="button"
        className="button"
        title="For a report of a fault; names no file, folder or address"
        onClick={() => void copy()}
      >
        {copied && <CheckIcon />}
        <span aria-live="polite">{copied ? 'Copied' : 'Copy as text'}</span>
      </button>
      {refused !== undefined && (
        <label className="device-refused">
          <span role="alert">This browser did not let the page copy; copy the text from here.</span>
          <textarea readOnly rows={8} value={refused} onFocus={({ target }) => target.select()} />
        </label>
      )}
    </>
  );
}

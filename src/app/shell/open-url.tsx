import { useId, useState } from 'react';
import { Dialog } from '../controls/dialog';
import { useApp } from '../store/use-app';

/** Dialog that opens a model from the address of its folder or GGUF file. */
export function OpenUrl() {
  const { store, model } = useApp();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const id = useId();
  const close = () => store.setState({ dialog: null });

  function submit(): void {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      setProblem(`Expected an address such as https://host/folder/, got “${text}”.`);
      return;
    }
    close();
    void model.openUrl(url.href);
  }

  return (
    <Dialog title="Open a model from an address" onClose={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <label htmlFor={id}>
          Address of the folder that holds config.json and the .safetensors files, or of a .gguf file
        </label>
        <input
          id={id}
          value={text}
          placeholder="https://host/folder/"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-hint`}
          onChange={(event) => {
            setText(event.target.value);
            setProblem(undefined);
          }}
        />
        <p
          id={`${id}-hint`}
          className={problem === undefined ? 'hint' : 'problem'}
          role={problem ? 'alert' : undefined}
        >
          {problem ??
            'The server must answer byte ranges and allow other sites to read it (CORS). Only the ranges needed are read.'}
        </p>
        <div className="row end">
          <button type="button" className="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" className="button primary">
            Open
          </button>
        </div>
      </form>
    </Dialog>
  );
}

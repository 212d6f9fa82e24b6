import { useEffect, useState } from 'react';
import { fromDrop } from '../files/picked';
import { toFailure } from '../store/core/failure';
import { notify } from '../store/session/notices';
import { useApp } from '../store/use-app';

const TEXT_FILE = /\.(txt|jsonl|ndjson)$/i;

/** Opens a model folder, its files or training texts that are dropped anywhere on the page. */
export function DropZone() {
  const { store, model, view } = useApp();
  const [over, setOver] = useState(false);

  useEffect(() => {
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const onOver = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      // relatedTarget is null only if the pointer leaves the window.
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      setOver(false);
      if (!carriesFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      fromDrop(event.dataTransfer).then(
        async ({ files, name }) => {
          const texts = files.every((file) => TEXT_FILE.test(file.name));
          if (!texts) return model.openFiles(files, name);
          view.show({ tab: 'train' });
          const { addRaceFiles } = await import('../store/train/own-texts');
          return addRaceFiles(store, files);
        },
        (error: unknown) =>
          notify(store, 'error', 'The dropped folder could not be read', toFailure(error).message),
      );
    };
    addEventListener('dragover', onOver);
    addEventListener('dragleave', onLeave);
    addEventListener('drop', onDrop);
    return () => {
      removeEventListener('dragover', onOver);
      removeEventListener('dragleave', onLeave);
      removeEventListener('drop', onDrop);
    };
  }, [store, model, view]);

  if (!over) return null;
  return (
    <div className="drop-zone">
      <p>
        <strong>Drop a model folder or a text</strong>
        <span>
          config.json and its .safetensors files, a .gguf file, or a text (.txt, .jsonl) to train on. They are
          read where they are; nothing is uploaded.
        </span>
      </p>
    </div>
  );
}

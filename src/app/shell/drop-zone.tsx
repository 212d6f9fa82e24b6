import { useEffect, useState } from 'react';
import { useApp } from '../store/app';
import { toFailure } from '../store/failure';
import { notify } from '../store/notices';
import { fromDrop } from './files';

/** Takes a model folder or its files dropped anywhere on the page. */
export function DropZone() {
  const { store, model } = useApp();
  const [over, setOver] = useState(false);

  useEffect(() => {
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const onOver = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      // Only leaving the window has nothing it goes to.
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      setOver(false);
      if (!carriesFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      fromDrop(event.dataTransfer).then(
        ({ files, name }) => model.openFiles(files, name),
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
  }, [store, model]);

  if (!over) return null;
  return (
    <div className="drop-zone">
      <p>
        <strong>Drop a model folder</strong>
        <span>
          config.json and its .safetensors files. They are read where they are; nothing is uploaded.
        </span>
      </p>
    </div>
  );
}

import { useEffect, useState } from 'react';
import { fromDrop } from '../files/picked';
import { toFailure } from '../store/core/failure';
import { askLesson } from '../store/session/ask-lesson';
import { notify } from '../store/session/notices';
import { useApp } from '../store/use-app';

const TEXT_FILE = /\.(txt|jsonl|ndjson)$/i;

/** Returns the only file if it can be a lesson: a JSON file that is no part of a model. */
function lessonAmong(files: readonly File[]): File | undefined {
  const [file, ...others] = files;
  const isLesson = /\.json$/i.test(file?.name ?? '') && file?.name !== 'config.json';
  return isLesson && others.length === 0 ? file : undefined;
}

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
          const lesson = lessonAmong(files);
          if (lesson) {
            askLesson(store, { name: 'file', file: { name: lesson.name, text: await lesson.text() } });
            return undefined;
          }
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
        <strong>Drop a model folder, a text or a lesson</strong>
        <span>
          config.json and its .safetensors files, a .gguf file, a text (.txt, .jsonl) to train on, or a lesson
          (.json). They are read where they are; nothing is uploaded.
        </span>
      </p>
    </div>
  );
}

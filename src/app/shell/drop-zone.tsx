import { useEffect, useState } from 'react';
import { MAX_LESSON_BYTES } from '../../lessons/size';
import { kindOfDrop } from '../files/dropped';
import { fileText } from '../files/file-text';
import { fromDrop } from '../files/picked';
import { toFailure } from '../store/core/failure';
import { askLesson } from '../store/session/ask-lesson';
import { notify } from '../store/session/notices';
import { useApp } from '../store/use-app';

/** Opens a model folder, its files or training texts that are dropped anywhere on the page. */
export function DropZone() {
  const { store, model, view } = useApp();
  const [over, setOver] = useState(false);

  useEffect(() => {
    const openLesson = async ([file]: readonly File[]): Promise<void> => {
      if (file === undefined) return;
      const text = await fileText(file, MAX_LESSON_BYTES, 'a lesson');
      askLesson(store, { name: 'file', file: { name: file.name, text } });
    };
    const useTexts = async (files: readonly File[]): Promise<void> => {
      view.show({ tab: 'train' });
      const { addRaceFiles } = await import('../store/train/own-texts');
      await addRaceFiles(store, files);
    };
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
      const failed = (what: string) => (error: unknown) =>
        notify(store, 'error', `The dropped ${what} could not be read`, toFailure(error).message);
      fromDrop(event.dataTransfer).then(({ files, name }) => {
        const kind = kindOfDrop(files.map((file) => file.name));
        if (kind === 'model') void model.openFiles(files, name);
        else (kind === 'lesson' ? openLesson(files) : useTexts(files)).catch(failed(kind));
      }, failed('folder'));
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

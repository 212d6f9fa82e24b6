import { useState } from 'react';
import { CloseIcon } from '../controls/icons';
import { askLesson } from '../store/session/ask-lesson';
import { useApp } from '../store/use-app';
import { useWords } from './use-words';
import '../styles/lesson.css';

/** What a first visit reads: one sentence on what is seen and why, and three ways to go on. */
export function Welcome() {
  const { store } = useApp();
  const { welcome } = useWords();
  const [closed, setClosed] = useState(false);
  if (closed) return null;
  const go = (action: () => void) => () => {
    setClosed(true);
    action();
  };
  return (
    <section className="welcome" aria-label={welcome.lessons}>
      <p>{welcome.sentence}</p>
      <div className="row">
        <button
          type="button"
          className="button primary"
          onClick={go(() => askLesson(store, { name: 'tour' }))}
        >
          {welcome.tour}
        </button>
        <button type="button" className="button" onClick={go(() => store.setState({ dialog: 'lessons' }))}>
          {welcome.lessons}
        </button>
        <button
          type="button"
          className="button"
          onClick={go(() => document.querySelector<HTMLElement>('[data-control="model"]')?.click())}
        >
          {welcome.open}
        </button>
        <button
          type="button"
          className="icon-button welcome-close"
          aria-label={welcome.close}
          title={welcome.close}
          onClick={() => setClosed(true)}
        >
          <CloseIcon />
        </button>
      </div>
    </section>
  );
}

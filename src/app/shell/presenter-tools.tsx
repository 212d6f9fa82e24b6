import { ShowAll } from './show-all';
import { useApp } from '../store/use-app';

/** What the presenter's view has instead of the header. */
export function PresenterTools() {
  const { store, view } = useApp();
  return (
    <div className="stage-tools presenter-tools">
      <h1 className="visually-hidden">Interlayer</h1>
      <ShowAll />
      <button
        type="button"
        className="tool"
        data-control="lessons"
        onClick={() => store.setState({ dialog: 'lessons' })}
      >
        Lessons
      </button>
      <button type="button" className="tool" onClick={() => view.show({ presenter: false })}>
        Leave presenter’s view
      </button>
    </div>
  );
}
